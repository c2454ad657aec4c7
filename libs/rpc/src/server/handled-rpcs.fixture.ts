// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { services, type ServiceName } from '../contract.js';
import type { HandledRpc } from './serve-call.js';
import { rpcsOf } from './server-rpc.js';

/** Maps each of these paths to its rpc and its handler. */
export function rpcsHandledBy(handlers: Readonly<Record<string, HandledRpc['handle']>>): Map<string, HandledRpc> {
  const handled = new Map<string, HandledRpc>();
  for (const rpc of (Object.keys(services) as ServiceName[]).flatMap(rpcsOf)) {
    const handle = handlers[rpc.path];
    if (handle) handled.set(rpc.path, { ...rpc, handle });
  }
  return handled;
}
