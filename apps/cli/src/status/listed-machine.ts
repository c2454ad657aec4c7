// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { MachineStatus } from '../machines/machine.js';
import { listedItem, type ListedItem } from '../registry/listed-item.js';

export interface ListedMachine {
  readonly name: string;
  readonly vm_type: string;
  readonly status: string | null;
  readonly agent: {
    readonly name: string;
    readonly state: string;
    readonly last_seen_ms: number | null;
    readonly address: string | null;
    readonly version: string | null;
  } | null;
  readonly units: readonly ListedItem[];
}

/** A machine in JSON, its units as `query` writes them. */
export function listedMachine({ name, vmType, status, agent, units }: MachineStatus): ListedMachine {
  return {
    name,
    vm_type: vmType,
    status: status || null,
    agent: agent
      ? {
          name: agent.name,
          state: agent.state,
          last_seen_ms: agent.lastSeenMs ?? null,
          address: agent.address || null,
          version: agent.version || null,
        }
      : null,
    units: units.map(listedItem),
  };
}
