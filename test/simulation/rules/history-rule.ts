// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { AdminClient } from '@givc/client';
import { GivcError } from '@givc/model';
import type { admin, history, report } from '@givc/rpc';
import { HistoryRecorder } from '../../../apps/admin/src/history/history-recorder.service.js';
import type { StoredEvent } from '../../../apps/admin/src/history/stored-line.js';
import { itemOf } from '../../../apps/admin/src/registry/registry-entry.js';
import { RegistryStore } from '../../../apps/admin/src/registry/registry-store.js';
import { historyBytes } from '../machines/programs.js';
import { epoch } from '../time/clock.js';
import type { World } from '../world.js';
import type { CallRecord, Rule } from './rule.js';

/** The maximum time from an event until it is written, with a margin. */
const writtenMs = 250;
/** The interval at which the registry is sampled, and the number of samples that are compared with the history. */
const [sampleMs, compared] = [3_000, 6];
const commands = /^(Start|Stop|Pause|Resume)(VM|Service|Application)$/;

/** The registry at a time. */
interface Sample {
  readonly time: number;
  readonly ranMs: number;
  readonly rows: string;
}

/** What an admin has recorded. */
interface Recorded {
  readonly recorder: HistoryRecorder;
  readonly events: { readonly event: StoredEvent; readonly ranMs: number }[];
  readonly samples: Sample[];
  readonly answered: CallRecord[];
  /** The number of its dropped events, and the time of its events that need not be written, once it has ended. */
  dropped?: number;
  keptUntil?: number;
}

const rowOf = (item: admin.QueryListItem): string => JSON.stringify(item);
const keyOf = (event: { number: number; time: number; vm?: string; unit?: string }): string =>
  [event.number, event.time, event.vm, event.unit].join(' ');
const stateOf = ({ name, agent_state, vm_status }: report.Machine): string => `${name} ${agent_state} ${vm_status}`;

/**
 * The history has what happened: each event in order, as far as it was not dropped and counted, or just about to be
 * written when its admin was killed; for each time the registry as it was then; and each command that was answered. It
 * stays below its maximum size.
 */
export class HistoryRule implements Rule {
  readonly #all: Recorded[] = [];

  constructor(private readonly world: World) {
    world.scheduler.after(sampleMs, () => this.#sample());
  }

  adminStarted(): void {
    const { program } = this.world.admin;
    const recorder = program!.get(HistoryRecorder);
    const recorded: Recorded = { recorder, events: [], samples: [], answered: [] };
    this.#all.push(recorded);
    recorder.onEvent((event) => {
      // The end of its connections.
      if (recorded.keptUntil !== undefined) return;
      recorded.events.push({ event, ranMs: program!.process.ranMs });
      // The sample is from the middle of this millisecond.
      if (recorded.samples.at(-1)?.time === event.time) recorded.samples.pop();
    });
  }

  adminEnded(hasStopped: boolean): void {
    const recorded = this.#all.at(-1)!;
    recorded.dropped = recorded.recorder.dropped;
    // After a failure it tries again later, so that more is lost with it.
    const keptMs = recorded.dropped > 0 ? -Infinity : this.world.admin.program!.process.ranMs - writtenMs;
    recorded.keptUntil = hasStopped ? Infinity : keptMs;
  }

  callEnded(call: CallRecord): void {
    if (call.outcome === 'OK' && commands.test(call.rpc) && call.admin === this.world.admins)
      this.#all.at(-1)?.answered.push(call);
  }

  /** Reads the history when nothing happens any more. */
  async check(client: AdminClient): Promise<void> {
    const recorded = this.#all.map(({ events }) => events.length);
    const events: history.HistoryEvent[] = [];
    for await (const message of client.queryHistory(allEvents)) events.push(...message.events);
    this.#checkOrder(events);
    this.#checkLosses(events, recorded);
    this.#checkCommands();
    // What was dropped is made up for by the snapshot that the query has written.
    await this.#checkNow(client);
    await this.#checkSamples(client);
    const { history } = this.world.admin.directory;
    const bytes = [...history.values()].reduce((sum, { length }) => sum + length, 0);
    if (bytes > historyBytes) this.#violate(`it has ${bytes} bytes, more than ${historyBytes}`);
  }

  #sample(): void {
    const { scheduler, admin } = this.world;
    scheduler.after(sampleMs, () => this.#sample());
    const process = admin.program?.process;
    if (!process?.isRunning) return;
    const time = Math.floor(epoch + scheduler.now);
    this.#all.at(-1)!.samples.push({ time, ranMs: process.ranMs, rows: this.#rows().join('\n') });
  }

  #rows(): string[] {
    const store = this.world.admin.program?.get(RegistryStore);
    return Array.from(store?.entries() ?? [], (entry) => rowOf(itemOf(entry))).sort();
  }

  /** Requires the present registry, and the present states of agents. */
  async #checkNow(client: AdminClient): Promise<void> {
    const before = this.#rows().join('\n');
    const { machines } = await client.listMachines();
    const { items, machines: known } = await client.getRegistryAt({ time_ms: Date.now() });
    const found = items.map(rowOf).sort().join('\n');
    if (this.#rows().join('\n') !== before) return;
    if (found !== before) this.#violate(`the registry is\n${before}\nand according to the history\n${found}`);
    const [is, was] = [machines, known].map((list) => list.map(stateOf).sort().join(', '));
    if (is !== was) this.#violate(`the machines are ${is}, and according to the history ${was}`);
  }

  async #checkSamples(client: AdminClient): Promise<void> {
    const exact = this.#all.flatMap(({ samples, recorder, dropped = recorder.dropped, keptUntil = Infinity }) =>
      dropped > 0 ? [] : samples.filter(({ ranMs }) => ranMs < keptUntil),
    );
    const step = Math.max(1, exact.length / compared);
    for (let at = 0; at < exact.length; at += step) {
      const { time, rows } = exact[Math.floor(at)]!;
      const answer = await client.getRegistryAt({ time_ms: time }).catch((error: unknown) => {
        // The history begins later.
        if (error instanceof GivcError && error.reason === 'FAILED_PRECONDITION') return undefined;
        throw error;
      });
      const found = answer?.items.map(rowOf).sort().join('\n');
      if (found !== undefined && found !== rows)
        this.#violate(`at ${time - epoch} ms the registry was\n${rows}\nand according to the history\n${found}`);
    }
  }

  #checkOrder(events: readonly history.HistoryEvent[]): void {
    for (const [at, { number, time_ms: time, missed }] of events.entries()) {
      const before = events[at - 1];
      if (!before) continue;
      if (number <= before.number || time < before.time_ms)
        this.#violate(`event ${number} of ${time} comes after event ${before.number} of ${before.time_ms}`);
      if (number - before.number - 1 > missed)
        this.#violate(`event ${number} follows ${before.number}, and tells of ${missed} that are missing`);
    }
  }

  /** `counts` are those of the events that each admin had recorded before the query. */
  #checkLosses(events: readonly history.HistoryEvent[], counts: readonly number[]): void {
    const listed = new Set(events.map(({ number, time_ms: time, vm, unit }) => keyOf({ number, time, vm, unit })));
    const first = events[0];
    for (const [
      at,
      { events: all, recorder, dropped = recorder.dropped, keptUntil = Infinity },
    ] of this.#all.entries()) {
      const lost = all.slice(0, counts[at]).filter(({ event, ranMs }) => {
        const isOld =
          !first || event.time < first.time_ms || (event.time === first.time_ms && event.number < first.number);
        return !isOld && ranMs < keptUntil && !listed.has(keyOf({ vm: '', unit: '', ...event }));
      });
      if (lost.length > dropped)
        this.#violate(`${lost.length} events are lost, ${dropped} of them counted, from ${keyOf(lost[0]!.event)} on`);
    }
  }

  /** Requires that each command of which the caller has the answer was recorded. */
  #checkCommands(): void {
    for (const { events, answered } of this.#all)
      for (const { rpc, subject } of answered) {
        const isOf = ({ rpc: other, subject: name }: CallRecord): boolean => other === rpc && name === subject;
        const found = events.filter(
          ({ event }) =>
            event.kind === 'command' &&
            event.method === rpc &&
            event.answer === 'OK' &&
            (rpc === 'StartVM' ? event.vm : event.unit) === subject,
        );
        if (found.length < answered.filter(isOf).length)
          this.#violate(`${rpc} ${subject} was answered, and is recorded ${found.length} times`);
      }
  }

  #violate(text: string): void {
    this.world.violate('the history has what happened', text);
  }
}

const allEvents = { vm: '', unit: '', last: 0, follow: false, trace_id: '' };
