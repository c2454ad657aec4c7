// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { admin } from '@givc/rpc';

/** A request of RegisterService for the running agent of x-vm, with `fields` changed. */
export const registration = (fields: Partial<admin.RegistryRequest> = {}, Description = ''): admin.RegistryRequest => ({
  Name: 'givc-x-vm.service',
  Parent: '',
  Type: 8,
  Transport: { Protocol: 'tcp', Address: '127.0.0.1', Port: '1', Name: 'x-vm' },
  State: {
    ...{ Name: 'x', Description, Path: '' },
    ...{ LoadState: 'loaded', ActiveState: 'active', SubState: 'running', FreezerState: '' },
  },
  ...fields,
});
