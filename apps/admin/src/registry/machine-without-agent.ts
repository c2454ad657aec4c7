// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { report } from '@givc/rpc';
import type { RegistryEntry } from './registry-entry.js';

/** The machine of an entry, of whose agent and VM nothing is known. */
export const machineWithoutAgent = ({ vm, type }: RegistryEntry): report.Machine => ({
  name: vm,
  vm_type: type.vm,
  vm_status: '',
  agent_state: 'none',
  last_seen_ms: undefined,
  address: '',
  transport: undefined,
  agent_version: '',
  protocol_version: 0,
});
