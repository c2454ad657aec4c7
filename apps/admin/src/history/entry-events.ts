// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { unitTypeNumber, type UnitStatus } from '@givc/model';
import type { RegistryEntry } from '../registry/registry-entry.js';
import type { NewEvent, StoredState, StoredUnit } from './stored-line.js';

const stateOf = ({ LoadState, ActiveState, SubState, FreezerState }: UnitStatus): StoredState =>
  [LoadState, ActiveState, SubState, FreezerState].join('/');

const ofUnit = ({ vm, unit, machine }: RegistryEntry) => ({
  vm,
  unit,
  ...(machine !== vm && { machine }),
});

/** The entry as the history keeps it. */
export const storedUnit = (entry: RegistryEntry): StoredUnit => ({
  ...ofUnit(entry),
  type: unitTypeNumber(entry.type.vm, entry.type.service),
  agent: entry.agent,
  description: entry.status.Description,
  state: stateOf(entry.status),
  ...(entry.presence && { presence: entry.presence.state }),
});

const isSameRegistration = (a: RegistryEntry, b: RegistryEntry): boolean =>
  a.type.vm === b.type.vm && a.type.service === b.type.service && a.agent === b.agent && a.vm === b.vm;

/** What happened to a unit when its entry was put in the place of another one; empty when nothing did. */
export function eventsOfPut(entry: RegistryEntry, before: RegistryEntry | undefined): NewEvent[] {
  if (!before || !isSameRegistration(entry, before)) return [{ kind: 'registered', ...storedUnit(entry) }];
  const events: NewEvent[] = [];
  const state = stateOf(entry.status);
  const description = entry.status.Description;
  if (state !== stateOf(before.status) || description !== before.status.Description)
    events.push({
      kind: 'status',
      ...ofUnit(entry),
      state,
      description,
      ...(entry.ending && { ending: entry.ending }),
    });
  const { presence } = entry;
  if (presence && presence.state !== before.presence?.state)
    events.push({
      kind: 'agent',
      ...ofUnit(entry),
      presence: presence.state,
      ...(presence.state === 'lost' && { reason: presence.reason }),
    });
  return events;
}

export const eventOfRemoval = (entry: RegistryEntry): NewEvent => ({
  kind: 'removed',
  ...ofUnit(entry),
  state: stateOf(entry.status),
  ...(entry.ending && { ending: entry.ending }),
});
