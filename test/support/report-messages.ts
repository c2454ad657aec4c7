// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { admin, report } from '@givc/rpc';

const running = { LoadState: 'loaded', ActiveState: 'active', SubState: 'running', FreezerState: 'running', Path: '' };

/** The registration of the agent of a machine, at an address where no server listens. */
export const agentOf = (name: string): admin.RegistryRequest => ({
  Name: `givc-${name}.service`,
  Parent: '',
  Type: 8,
  Transport: { Protocol: 'tcp', Address: '127.0.0.1', Port: '1', Name: name },
  State: { ...running, Name: `givc-${name}.service`, Description: name },
});

/** The entry of a running unit of a machine. */
export const entryOf = (name: string, vm: string, description = name): report.Entry => ({
  registration: {
    ...agentOf(vm),
    Name: name,
    Parent: `givc-${vm}.service`,
    Type: 9,
    State: { ...running, Name: name, Description: description },
  },
  ending: undefined,
  since_ms: 0,
});
