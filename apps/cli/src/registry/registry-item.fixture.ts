// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { admin } from '@givc/rpc';

/** An item of the registry as an admin sends it: a running service of net-vm, except for `fields`. */
export const registryItem = (Name: string, fields: Partial<admin.QueryListItem> = {}): admin.QueryListItem => ({
  Name,
  Description: '',
  VmStatus: 'Running',
  TrustLevel: 'Warning',
  VmType: 'SysVM',
  ServiceType: 'Svc',
  VmName: 'net-vm',
  ...fields,
});

/** An instance of an application. */
export const chromium = registryItem('chromium@0.service', {
  Description: 'Browser',
  VmType: 'AppVM',
  ServiceType: 'App',
  VmName: 'chrome-vm',
  AgentName: 'givc-chrome-vm.service',
});
