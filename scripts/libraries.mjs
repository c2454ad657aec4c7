// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

/** The libraries; each imports only those before it. tsconfig.json has their paths. */
export const libraries = [
  'model',
  'events',
  'time',
  'queue',
  'native',
  'input',
  'trace',
  'log',
  'files',
  'config',
  'dbus',
  'programs',
  'systemd',
  'vsock',
  'rpc',
  'checks',
  'daemon',
  'access',
  'metrics',
  'pki',
  'client',
  'testing',
];
