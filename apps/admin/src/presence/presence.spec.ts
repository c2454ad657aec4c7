// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import fc from 'fast-check';
import { isPresent, runOf, type Presence, type Run } from '../registry/agent-presence.js';
import { nextPresence, type PresenceEvent } from './presence.js';
import { endpointOf, vmNamed } from '../registry/registry.fixture.js';

const run = (bootId = 'first', port = 9_000): Run => ({
  bootId,
  endpoint: endpointOf(vmNamed('net-vm'), port),
});

/** Two equal runs. The identity of the object in a presence shows whether it is still the earlier run. */
const [before, seen] = [run(), run()];
const reporting: Presence = { state: 'reporting', run: before };
const polled: Presence = { state: 'polled', run: before };
const lost: Presence = { state: 'lost', reason: 'it does not answer' };
const unconfirmed: Presence = { state: 'unconfirmed' };

const reported: PresenceEvent = { kind: 'reported' };
const registered: PresenceEvent = { kind: 'registered' };
const restored: PresenceEvent = { kind: 'restored' };
const answered: PresenceEvent = { kind: 'answered' };
const missed: PresenceEvent = { kind: 'missed', reason: 'it cannot be connected' };
const streamEnded: PresenceEvent = { kind: 'streamEnded' };

const [reportingNew, polledNew]: Presence[] = [
  { state: 'reporting', run: seen },
  { state: 'polled', run: seen },
];
const lostNow: Presence = { state: 'lost', reason: 'it cannot be connected' };
const lostStream: Presence = { state: 'lost', reason: 'its reports have ended' };
/** The same object, which means that nothing has changed. */
const same = Symbol('same');

describe('the presence of an agent', () => {
  it.each<[string, Presence | undefined, PresenceEvent, Presence | typeof same]>([
    ['absent', undefined, reported, reportingNew!],
    ['absent', undefined, registered, polledNew!],
    ['absent', undefined, restored, unconfirmed],
    ['absent', undefined, answered, same],
    ['absent', undefined, missed, same],
    ['absent', undefined, streamEnded, same],
    ['unconfirmed', unconfirmed, reported, reportingNew!],
    ['unconfirmed', unconfirmed, registered, polledNew!],
    ['unconfirmed', unconfirmed, answered, polledNew!],
    ['unconfirmed', unconfirmed, missed, lostNow],
    ['unconfirmed', unconfirmed, streamEnded, same],
    ['reporting', reporting, reported, same],
    ['reporting', reporting, registered, same],
    ['reporting', reporting, answered, same],
    ['reporting', reporting, missed, same],
    ['reporting', reporting, streamEnded, lostStream],
    ['polled', polled, reported, reporting],
    ['polled', polled, registered, same],
    ['polled', polled, answered, same],
    ['polled', polled, missed, lostNow],
    ['polled', polled, streamEnded, same],
    ['lost', lost, reported, reportingNew!],
    ['lost', lost, registered, same],
    ['lost', lost, answered, polledNew!],
    ['lost', lost, missed, same],
    ['lost', lost, streamEnded, same],
  ])('has the expected next state in state %s (%o) after event %o', (_, from, event, expected) => {
    const after = nextPresence(from, event, seen);
    if (expected === same) expect(after).toBe(from);
    else expect(after).toEqual(expected);
    expect(runOf(after) === before).toBe(expected === same ? isPresent(from) : expected === reporting);
  });

  it.each<[string, Run]>([
    ['its machine has booted', run('second')],
    ['it is elsewhere', run('first', 9_001)],
  ])('begins another run when %s', (_, moved) => {
    for (const from of [reporting, polled])
      for (const event of [reported, registered]) expect(runOf(nextPresence(from, event, moved))).toBe(moved);
  });

  it('keeps its run when the agent registers without a boot id, and begins another one at the first boot id', () => {
    const withoutBoot: Run = { ...run(), bootId: undefined };
    expect(nextPresence(reporting, registered, withoutBoot)).toBe(reporting);
    const old: Presence = { state: 'polled', run: withoutBoot };
    expect(runOf(nextPresence(old, reported, seen))).toBe(seen);
  });

  const anyEvents = fc.constantFrom(reported, registered, restored, answered, missed, streamEnded);
  const after = (all: readonly PresenceEvent[]): Presence | undefined =>
    all.reduce<Presence | undefined>((presence, event) => nextPresence(presence, event, run()), undefined);

  it('is present after any history that ends with a report or an answer of a registered agent', () => {
    const last = fc.constantFrom<readonly PresenceEvent[]>(
      [reported],
      [registered, answered],
      [registered, missed, answered],
    );
    fc.assert(fc.property(fc.array(anyEvents), last, (history, event) => isPresent(after([...history, ...event]))));
  });

  it('begins a run exactly when the agent was not present', () => {
    fc.assert(
      fc.property(fc.array(anyEvents), anyEvents, (history, last) => {
        const from = after(history);
        const to = nextPresence(from, last, run());
        expect(isPresent(to) && runOf(to) !== runOf(from)).toBe(isPresent(to) && !isPresent(from));
      }),
    );
  });

  it('does not change when the same event repeats', () => {
    fc.assert(
      fc.property(fc.array(anyEvents), anyEvents, (history, last) => {
        const once = nextPresence(after(history), last, run());
        if (last.kind !== 'restored') expect(nextPresence(once, last, run())).toBe(once);
      }),
    );
  });
});
