// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { UnitName, VmName } from '@givc/model';
import { RegistryStore } from '../../../apps/admin/src/registry/registry-store.js';
import { agentUnit } from '../machines/layout.js';
import type { World } from '../world.js';

/** Whether the admin has a report stream of this machine. */
export function isReporting(world: World, machine: string): boolean {
  const store = world.admin.program?.get(RegistryStore);
  return store?.get(machine as VmName, agentUnit(machine) as UnitName)?.presence?.state === 'reporting';
}
