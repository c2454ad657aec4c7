// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { GivcError } from '@givc/model';
import { busAddress, defaultBus, socketOfAddress } from '@givc/dbus';
import type { DbusProxyEntry } from './dbus-proxy.config.js';
import { uidOf } from './uid-of.js';

/**
 * The socket of the bus, which need not exist yet. The session bus is that of `user`, or of the user that this agent
 * runs for. FAILED_PRECONDITION when the user does not exist, or when the agent cannot run programs as another user.
 */
export async function socketOfBus({ bus, user }: Pick<DbusProxyEntry, 'bus' | 'user'>): Promise<string> {
  const isRoot = defaultBus() === 'system';
  if (user !== undefined && !isRoot)
    throw new GivcError('FAILED_PRECONDITION', 'an agent of a session cannot run it as another user: leave out "user"');
  if (typeof bus !== 'string') return bus.path;
  if (bus === 'session' && isRoot) {
    if (user === undefined)
      throw new GivcError(
        'FAILED_PRECONDITION',
        'the user of the session is missing: an agent that root runs needs "user"',
      );
    return `/run/user/${await uidOf(user)}/bus`;
  }
  return socketOfAddress(busAddress(bus));
}
