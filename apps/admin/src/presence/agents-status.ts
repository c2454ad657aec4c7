// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { INestApplicationContext } from '@nestjs/common';
import { DaemonStatus } from '@givc/daemon';
import type { VmName } from '@givc/model';
import { isAgent } from '../registry/registry-entry.js';
import { RegistryStore } from '../registry/registry-store.js';
import { PresenceService } from './presence.service.js';

/** The number of lost agents that are named. */
const namedMax = 3;

function describe(agents: number, lost: readonly VmName[]): string {
  const all = `${agents} ${agents === 1 ? 'agent' : 'agents'}`;
  if (lost.length === 0) return all;
  const more = lost.length > namedMax ? `, and ${lost.length - namedMax} more` : '';
  return `${all}, ${lost.length} lost: ${lost.slice(0, namedMax).join(', ')}${more}`;
}

/** How many agents there are and which are lost, from now on. */
export function agentsStatus(modules: Pick<INestApplicationContext, 'get'>): DaemonStatus {
  const agents = new Set<VmName>();
  const lost = new Set<VmName>();
  const set = (vm: VmName, state: string | undefined) => {
    if (state === undefined) agents.delete(vm);
    else agents.add(vm);
    if (state === 'lost') lost.add(vm);
    else lost.delete(vm);
  };
  for (const entry of modules.get(RegistryStore, { strict: false }).entries())
    if (isAgent(entry)) set(entry.machine, entry.presence.state);
  const status = new DaemonStatus(describe(agents.size, [...lost]));
  modules.get(PresenceService, { strict: false }).onTransition(({ vm, after }) => {
    set(vm, after?.state);
    status.set(describe(agents.size, [...lost]));
  });
  return status;
}
