// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

export { AdminClient, type CallOptions } from './admin-client.js';
export { parseAdminEndpoint } from './admin-endpoint.js';
export { deadlines } from './deadlines.js';
export { watchRegistry, type WatchedAdmin, type WatchEvent, type WatchOptions } from './watch.js';
export { GivcError, reasons, type Address, type Endpoint, type ErrorInfo, type Reason, type VmName } from '@givc/model';
export { readTlsMaterial, type TlsFiles, type TlsMaterial } from '@givc/rpc';
export type {
  admin,
  ctap,
  doctor,
  history,
  journal,
  locale,
  notify,
  report,
  resources,
  stats,
  systemd,
} from '@givc/rpc';
