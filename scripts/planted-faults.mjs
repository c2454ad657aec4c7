// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

// Faults that `npm run simulate -- --planted` puts into the product one at a time, to prove that the simulation finds
// them. Each replaces code that exists exactly once in its file, so a change of that code must change the fault,
// too.

const admin = (file) => `apps/admin/src/${file}`;
const agent = (file) => `apps/agent/src/${file}`;

const fault = (name, ...edits) => ({ name, edits: edits.map(([file, find, replace]) => ({ file, find, replace })) });

export const plantedFaults = [
  fault('an agent never notices a silent admin', [
    agent('registration/report-stream.ts'),
    '() => this.#timeOut()',
    '() => undefined',
  ]),
  fault('an agent never dials again', [agent('registration/registration.service.ts'), 'this.#channel.redial();', '']),
  fault('the registration backoff never resets', [
    agent('registration/registration.service.ts'),
    'this.#backoff.reset();\n    this.#problems',
    'this.#problems',
  ]),
  fault('an answer that is older than a signal overrules it', [
    agent('registration/tracked-units.ts'),
    'if (row.current.status === before) row.current',
    'row.current',
  ]),
  fault('a command is answered before the admin has acknowledged its effect', [
    agent('units/units.service.ts'),
    'await this.registration.flush();',
    '',
  ]),
  fault('the allowlist does not hold for GetUnitStatus', [
    agent('units/units.service.ts'),
    'this.allowlist.assertHas(unit);\n    return this.systemd.unitStatus(unit);',
    'return this.systemd.unitStatus(unit);',
  ]),
  fault('heartbeats never time out', [
    admin('liveness/incoming-report-stream.ts'),
    "() => this.#end(new GivcError('DEADLINE_EXCEEDED', 'no message from the agent within the heartbeat timeout')),",
    '() => undefined,',
  ]),
  fault('the admin does not count the PING frames of an agent', [
    admin('liveness/incoming-report-stream.ts'),
    'this.call.onPing(() => this.#receive(() => undefined));',
    ';',
  ]),
  fault('an agent does not count the answers to its PING frames', [
    agent('registration/report-stream.ts'),
    'if (this.#hasAcknowledged(this.#sent)) this.#silence.restart();',
    '',
  ]),
  fault('an agent sends PING frames to an admin that does not count them', [
    agent('registration/report-stream.ts'),
    "version >= pingHeartbeatVersion ? 'pings' : 'messages'",
    "'pings'",
  ]),
  fault('an update is acknowledged before it is applied', [
    admin('liveness/incoming-report-stream.ts'),
    'return this.#acknowledge(this.handlers.update(message.value));',
    `setTimeout(() => this.#state.state === 'open' && this.handlers.update(message.value), 20);
          return this.#acknowledge(undefined);`,
  ]),
  fault('the next start of an application is sent as an update of the entry that has ended', [
    agent('registration/report-stream.ts'),
    'if (isLast(entry)) this.#entries.delete(name);\n    else ',
    '',
  ]),
  fault('a stream that was replaced is still read', [
    admin('liveness/report.service.ts'),
    "older?.close(new GivcError('ABORTED', 'another stream of this agent has replaced this one'));",
    'void older;',
  ]),
  fault('the end of reports is not a loss', [
    admin('liveness/report.service.ts'),
    "this.presence.handle(vm, { kind: 'streamEnded' });",
    '',
  ]),
  fault('units that an agent does not have any more stay', [
    admin('liveness/report.service.ts'),
    `this.units.forgetOthers(
      vm,
      entries.map((entry) => entry.registration?.Name ?? ''),
    );`,
    '',
  ]),
  fault('a polled agent that does not answer is not lost', [
    admin('liveness/polling.service.ts'),
    "this.presence.handle(vm, isPresent ? { kind: 'answered' } : { kind: 'missed', reason: 'it does not answer' });",
    "if (isPresent) this.presence.handle(vm, { kind: 'answered' });",
  ]),
  fault('recovery does not double its backoff', [
    admin('liveness/recovery.service.ts'),
    'firstMs: 1_000, lastMs: 60_000',
    'firstMs: 1_000, lastMs: 1_000',
  ]),
  fault('recovery does not reset its backoff after ten healthy minutes', [
    admin('liveness/recovery.service.ts'),
    'managed.backoff.reset();',
    ';',
  ]),
  fault('recovery starts what was stopped on request', [
    admin('liveness/recovery.service.ts'),
    'const isStopped = stopRequested || this.vms.isDesiredDown(vm);',
    'const isStopped = !stopRequested && this.vms.isDesiredDown(vm);',
  ]),
  fault('recovery starts every VM', [
    admin('liveness/recovery.service.ts'),
    "if (type.service !== 'VM' || !this.#managed.has(unit)) return;",
    "if (type.service !== 'VM') return;",
  ]),
  fault('two StartVM of one VM start it twice', [
    admin('lifecycle/vm.service.ts'),
    'let start = this.#starting.get(vm);',
    'let start = undefined as Promise<RegistryEntry> | undefined;',
  ]),
  fault(
    'the initial list of a Watch is older than its first change',
    [
      admin('registry/watch.service.ts'),
      'let writable = write(this.store.list().initial);',
      `const list = this.store.list();
      let writable = false;
      setTimeout(() => (writable = write(list.initial)), 5);`,
    ],
    [admin('registry/watch.service.ts'), 'queue.push(change);', 'if (writable) queue.push(change);'],
  ),
  fault('Removed is never sent', [
    admin('registry/registry-store.ts'),
    "this.#emit({ kind: 'Removed', key, item: itemOf(entry), entry });",
    'this.#list = undefined;',
  ]),
  fault('what registers again is added again', [
    admin('registry/registry-store.ts'),
    "kind: before ? 'Updated' : 'Added'",
    "kind: 'Added'",
  ]),
  fault('a loss outlives the next report', [
    admin('presence/presence.ts'),
    "return presentAs('reporting', before, seen);",
    "return before?.state === 'lost' ? before : presentAs('reporting', before, seen);",
  ]),
  fault('an answer that is older than the report of its agent is recorded', [
    admin('registry/unit-calls.ts'),
    "if (!known || known.revision !== before?.revision || this.store.agent(machine)?.presence.state === 'reporting')",
    'if (!known)',
  ]),
  fault('the host is not pinned', [
    admin('registry/host-election.ts'),
    'if (problem !== undefined) this.#reject(vm, problem);',
    '',
  ]),
  fault('the agent of a VM that is down stays', [
    admin('registry/unit-recorder.ts'),
    "if (type.service === 'VM' && !isUp) this.store.removeMachine(vm);",
    '',
  ]),
  fault('the history does not record that a unit is gone', [
    admin('history/history-recorder.service.ts'),
    "if (kind === 'Removed') this.#addOf(entry, eventOfRemoval(entry));",
    'void kind;',
  ]),
  fault(
    'a replay of the history ignores the snapshots after the first one',
    [
      admin('history/replay.ts'),
      'if (this.#snapshot?.units.size !== this.#snapshot?.size || !this.#snapshot) return;',
      'if (this.#snapshot?.units.size !== this.#snapshot?.size || !this.#snapshot || this.#isExact) return;',
    ],
    [
      admin('history/history.service.ts'),
      'let from = last?.segment ?? -1; from >= 0; from--',
      'let from = last ? 0 : -1; from >= 0; from--',
    ],
  ),
  fault('what is added while the history is closed is not written', [
    admin('history/history-writer.ts'),
    'while (this.#lines.length > 0);',
    'while (false);',
  ]),
  fault('the snapshot after a full disk waits for the next event', [
    admin('history/history-writer.ts'),
    'if (this.#isClosed || (this.#lines.length === 0 && !this.#hasGap)) return;',
    'if (this.#lines.length === 0) return;',
  ]),
  fault('the numbers of the history begin again with the admin', [
    admin('history/history-writer.ts'),
    'this.#number = await lastNumber(this.files).catch(() => 0);',
    'await lastNumber(this.files).catch(() => 0);',
  ]),
];

/**
 * The text of this file with the fault in it; unchanged if the fault belongs to another file. Throws when the code to
 * replace has changed.
 */
export function withFault(planted, path, text) {
  let faulty = text;
  for (const { file, find, replace } of planted?.edits ?? []) {
    if (!path.endsWith(`/${file}`)) continue;
    if (faulty.split(find).length !== 2)
      throw new Error(
        `the planted fault "${planted.name}" does not fit ${file} any more, which has to have once: ${find}`,
      );
    faulty = faulty.replace(find, () => replace);
  }
  return faulty;
}
