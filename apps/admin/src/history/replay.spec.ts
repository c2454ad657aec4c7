// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import * as fc from 'fast-check';
import { agentUnit, stoppedStatus } from '@givc/model';
import { agentEntry, polled, reporting, runningStatus, unitEntry, vmEntry } from '../registry/registry.fixture.js';
import { keyOf, type RegistryEntry } from '../registry/registry-entry.js';
import type { Presence } from '../registry/agent-presence.js';
import { RegistryStore } from '../registry/registry-store.js';
import { eventOfRemoval, eventsOfPut, storedUnit } from './entry-events.js';
import { Replay } from './replay.js';
import { formatLine, parseLine, type NewEvent } from './stored-line.js';

const machines = ['net-vm', 'gui-vm'] as const;
const presences: readonly Presence[] = [
  reporting(),
  polled(),
  { state: 'lost', reason: 'it is silent' },
  { state: 'unconfirmed' },
];
const states = [
  {},
  { ActiveState: 'failed', SubState: 'failed' },
  { ActiveState: 'activating', SubState: 'start' },
  { FreezerState: 'frozen' },
  { Description: 'another description' },
];

const entry: fc.Arbitrary<RegistryEntry> = fc.oneof(
  fc
    .tuple(fc.constantFrom(...machines), fc.constantFrom(...presences))
    .map(([vm, presence]) => agentEntry(vm, { presence })),
  fc
    .tuple(fc.constantFrom(...machines), fc.constantFrom('a.service', 'b.service'), fc.constantFrom(...states))
    .map(([vm, name, state]) => {
      const made = unitEntry(vm, name);
      return { ...made, status: runningStatus(made.unit, state) };
    }),
  fc.constantFrom(...machines).map((vm) => vmEntry(vm, { status: runningStatus(agentUnit(vmEntry(vm).vm)) })),
);
const step = fc.oneof(
  { weight: 4, arbitrary: entry.map((put) => ({ kind: 'put' as const, put })) },
  { weight: 1, arbitrary: entry.map((removed) => ({ kind: 'remove' as const, removed })) },
  { weight: 1, arbitrary: fc.constantFrom(...machines).map((vm) => ({ kind: 'down' as const, vm })) },
  { weight: 1, arbitrary: fc.constant({ kind: 'rotate' as const }) },
);

describe('Replay', () => {
  it('has after each event the registry as it was then, for every sequence of changes and rotations', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60, size: 'max' }), (steps) => {
        const store = new RegistryStore();
        const lines: string[] = [];
        const expected: { readonly after: number; readonly items: unknown }[] = [];
        let number = 0;
        const add = (event: NewEvent) => lines.push(formatLine({ number: ++number, time: number, ...event }));
        store.onPut((put, before) => eventsOfPut(put, before).forEach(add));
        store.onChange(({ kind, entry: removed }) => {
          if (kind === 'Removed') add(eventOfRemoval(removed));
        });
        const rotate = () => {
          const units = [...store.entries()].map(storedUnit);
          lines.push(formatLine({ kind: 'segment', number, time: number, units: units.length }));
          for (const unit of units) lines.push(formatLine({ kind: 'unit', ...unit }));
        };
        rotate();
        for (const one of steps) {
          if (one.kind === 'put') store.put(one.put);
          else if (one.kind === 'remove') store.remove(keyOf(one.removed));
          else if (one.kind === 'down') store.removeMachine(agentEntry(one.vm).vm);
          else rotate();
          expected.push({ after: lines.length, items: store.items() });
        }
        for (const { after, items } of expected) {
          const replay = new Replay();
          for (const line of lines.slice(0, after)) replay.apply(parseLine(line)!);
          expect(replay.isExact).toBe(true);
          expect(replay.items()).toEqual(items);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('names the state before each change, and the events that are missing between two numbers', () => {
    const replay = new Replay();
    replay.apply({ kind: 'segment', number: 4, time: 0, units: 1 });
    replay.apply({ kind: 'unit', ...storedUnit(unitEntry('net-vm', 'web.service')) });
    const { vm, unit } = unitEntry('net-vm', 'web.service');
    const state = 'loaded/failed/failed/running';
    const event = replay.apply({ kind: 'status', vm, unit, state, description: 'x', number: 8, time: 9, missed: 2 });
    expect(event).toMatchObject({
      missed: 5,
      kind: { value: { before: { active_state: 'active' }, after: { active_state: 'failed' } } },
    });
  });

  it('keeps the registry before when a snapshot is incomplete', () => {
    const replay = new Replay();
    replay.apply({ kind: 'segment', number: 0, time: 0, units: 1 });
    replay.apply({ kind: 'unit', ...storedUnit(unitEntry('net-vm', 'web.service')) });
    replay.apply({ kind: 'segment', number: 0, time: 0, units: 2 });
    replay.apply({ kind: 'unit', ...storedUnit(unitEntry('net-vm', 'other.service')) });
    replay.apply({ kind: 'started', version: '1', number: 1, time: 1 });
    expect(replay.items().map(({ Name }) => Name)).toEqual(['web.service']);
  });

  it('describes machines as ListMachines does', () => {
    const replay = new Replay();
    const lost = agentEntry('net-vm', { presence: { state: 'lost', reason: 'it is silent' } });
    const down = vmEntry('net-vm', { status: stoppedStatus(vmEntry('net-vm').unit) });
    replay.apply({ kind: 'segment', number: 0, time: 0, units: 2 });
    for (const unit of [lost, down]) replay.apply({ kind: 'unit', ...storedUnit(unit) });
    expect(replay.machines()).toMatchObject([{ name: 'net-vm', agent_state: 'lost', vm_status: 'PoweredOff' }]);
  });
});
