// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { isChange } from '../audit/recorded-rpcs.js';

/** The callers of these are permitted by the entry of the configuration that they belong to. */
const rpcsBetweenAgents: ReadonlySet<string> = new Set([
  '/socketproxy.SocketStream/TransferData',
  '/eventproxy.EventService/RegisterDevice',
  '/eventproxy.EventService/StreamEvents',
]);

/** Whether a daemon that accepts changes from one caller alone accepts calls of this rpc from that caller alone. */
export const isForOneCaller = (rpc: string): boolean => isChange(rpc) && !rpcsBetweenAgents.has(rpc);
