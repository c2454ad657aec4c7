// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { stat } from 'node:fs/promises';
import { adviceFor, allRight, check, checkEach, type Check, type CheckResult } from '@givc/checks';
import { formatAddress, systemErrorText } from '@givc/model';
import type { Dialer } from '@givc/rpc';
import type { AgentConfig } from '../agent.config.js';
import type { NamedSocketProxy } from '../socket-proxy/socket-proxy.config.js';
import { probe } from './admin-checks.js';

/** The sockets that are served to other machines, and the machines whose sockets are here. */
export function socketChecks({ capabilities: { socketProxy } }: AgentConfig, dialer: Dialer): Check[] {
  const sockets = socketProxy.enable ? socketProxy.sockets : [];
  return [
    {
      id: 'socket-proxy',
      subject: 'capabilities.socketProxy',
      run: () =>
        checkEach(
          sockets,
          (entry) => (entry.server ? servedProblem(entry) : peerProblem(entry, dialer)),
          () =>
            allRight(
              'socket-proxy',
              sockets.length,
              ['socket', 'is there, and its peer answers'],
              ['sockets', 'are there, and their peers answer'],
            ),
        ),
    },
  ];
}

async function servedProblem({ socket, transport }: NamedSocketProxy): Promise<CheckResult | undefined> {
  const { failure } = check('socket-proxy', socket);
  const fix = 'start the program that makes this socket, or correct its path in capabilities.socketProxy.sockets';
  try {
    if ((await stat(socket)).isSocket()) return undefined;
    return failure(`is not a socket, and ${transport.name} connects to it`, fix);
  } catch (error) {
    return failure(`is not there for ${transport.name}: ${systemErrorText(error)}`, fix);
  }
}

async function peerProblem({ socket, transport }: NamedSocketProxy, dialer: Dialer): Promise<CheckResult | undefined> {
  const error = await probe(transport, dialer);
  if (error === undefined) return undefined;
  const { message, fix } = adviceFor(error);
  const peer = `${transport.name} (${formatAddress(transport.address)})`;
  return check('socket-proxy', socket).failure(`has no peer: ${peer} ${message}`, fix);
}
