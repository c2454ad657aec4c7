// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { watchRegistry, type AdminClient } from '@givc/client';
import { GivcError } from '@givc/model';
import type { admin } from '@givc/rpc';
import type { AdminDialer } from '../connection/admin-dialer.js';
import { RegistryView } from './registry-view.js';

/** The current list, or why the admin cannot be reached. */
export type RegistryState =
  | { readonly state: 'watching'; readonly admin: AdminClient; readonly items: readonly admin.QueryListItem[] }
  | { readonly state: 'unreachable'; readonly error: GivcError };

/**
 * The registry, first its current state and then each change. A lost connection is also a state, which is repeated
 * after each failed attempt. Ends when `signal` is aborted; throws permanent failures, with a suggestion.
 */
export async function* followRegistry(
  { connect, name, explain }: AdminDialer,
  signal: AbortSignal,
): AsyncGenerator<RegistryState, void, undefined> {
  const registry = new RegistryView();
  let admin!: AdminClient;
  let isWatching = false;
  try {
    for await (const event of watchRegistry(() => (admin = connect()), signal)) {
      if (event.type === 'disconnected') {
        const { error } = event;
        const lost = new GivcError(error.reason, `${name} has ended`, { cause: error });
        yield { state: 'unreachable', error: isWatching ? lost : (explain(error) as GivcError) };
        isWatching = false;
      } else {
        isWatching = true;
        registry.apply(event);
        yield { state: 'watching', admin, items: registry.items };
      }
    }
  } catch (error) {
    throw explain(error);
  }
}
