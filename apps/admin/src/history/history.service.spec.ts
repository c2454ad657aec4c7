// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { EventEmitter } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Listeners } from '@givc/events';
import type { history } from '@givc/rpc';
import { BootsService } from './boots.service.js';
import { StateFiles } from './history-files.js';
import { HistoryQueue } from './history-queue.js';
import type { HistoryRecorder } from './history-recorder.service.js';
import type { HistoryQuery } from './history-requests.js';
import { KeptHistoryService, type QueryCall } from './history.service.js';
import { Replay } from './replay.js';
import { segmentName } from './segments.js';
import { formatLine, type StoredEvent, type StoredUnit } from './stored-line.js';

type BootsOf = ConstructorParameters<typeof BootsService>;

/** A caller that reads only when the test lets it. */
class SlowCall extends EventEmitter {
  readonly received: history.HistoryEvent[] = [];
  writableEnded = false;
  isReading = true;

  constructor(private readonly address = '10.0.0.1') {
    super();
  }

  getAuthContext(): object {
    return {};
  }

  getPeer(): string {
    return `${this.address}:1`;
  }

  write({ events }: history.QueryHistoryResponse): boolean {
    this.received.push(...events);
    return this.isReading;
  }
}

const follow: HistoryQuery = {
  ...{ vm: undefined, unit: undefined, since: 0, until: Infinity, last: Infinity },
  follow: true,
  traceId: undefined,
};

describe('the history', () => {
  let folder: string;
  let events: Listeners<[StoredEvent, StoredUnit | undefined]>;
  let service: KeptHistoryService;
  let number: number;
  let queue: HistoryQueue;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'givc-history-'));
    [events, number, queue] = [new Listeners(), 0, new HistoryQueue()];
    const recorder = {
      onEvent: (listener: Parameters<HistoryRecorder['onEvent']>[0]) => events.add(listener),
      flushed: () => 0,
    };
    const files = new StateFiles({ folder, maxBytes: 1_000_000 });
    service = new KeptHistoryService(files, recorder as unknown as HistoryRecorder, queue);
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const query = (call: SlowCall) => service.query(follow, call as unknown as QueryCall);
  const happen = () => events.notify({ kind: 'started', number: ++number, time: 5, version: '1' }, undefined);
  const turn = () => new Promise<void>((resolve) => setImmediate(resolve));
  const followed = async (call: SlowCall, callers = 1): Promise<void> => {
    while (events.size < callers) await turn();
    happen();
    while (call.received.length === 0) await turn();
  };

  it('rejects a caller that follows it and does not read, and keeps at most 2,000 events for it', async () => {
    const call = new SlowCall();
    call.isReading = false;
    const ended = query(call);
    await followed(call);
    for (let n = 0; n < 2_001; n++) happen();
    await expect(ended).rejects.toMatchObject({ reason: 'RESOURCE_EXHAUSTED', message: /has not read 2000 events/ });
    expect(call.received).toHaveLength(1);
    expect(events.size).toBe(0);
  });

  it('keeps no registry for a caller that has read the past and follows it', async () => {
    writeFileSync(join(folder, segmentName(0, 0)), formatLine({ kind: 'segment', number: 0, time: 0, units: 0 }));
    const replays: WeakRef<Replay>[] = [];
    const { apply } = Replay.prototype;
    Replay.prototype.apply = function (line) {
      replays.push(new WeakRef(this));
      return apply.call(this, line);
    };
    const calls = Array.from({ length: 8 }, () => new SlowCall());
    const open = calls.map(query);
    while (events.size < 8 || replays.length < 8) await turn();
    Replay.prototype.apply = apply;
    happen();
    for (const call of calls) while (call.received.length === 0) await turn();
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    setFlagsFromString('--no-expose-gc');
    collect();
    expect(replays.filter((replay) => replay.deref() !== undefined)).toHaveLength(0);
    for (const call of calls) call.emit('cancelled');
    await Promise.all(open);
  });

  it('names the state before each event that it is followed by, and the events that are missing before it', async () => {
    const call = new SlowCall();
    const ended = query(call);
    while (events.size < 1) await turn();
    const { before, ...status } = {
      ...{ kind: 'status' as const, vm: 'net-vm', unit: 'a.service', state: 'loaded/failed/failed/running' },
      ...{ description: '', time: 5, before: { state: 'loaded/active/running/running' } as StoredUnit },
    };
    events.notify({ ...status, number: 4, missed: 1 }, before);
    events.notify({ ...status, number: 7 }, before);
    while (call.received.length < 2) await turn();
    const kind = { value: { before: { active_state: 'active' }, after: { active_state: 'failed' } } };
    expect(call.received).toMatchObject([
      { number: 4, missed: 1, kind },
      { number: 7, missed: 2, kind },
    ]);
    call.emit('cancelled');
    await ended;
  });

  it('is followed without a listener more for each event', async () => {
    const call = new SlowCall();
    const ended = query(call);
    await followed(call);
    const added = jest.spyOn(AbortSignal.prototype, 'addEventListener');
    for (let n = 0; n < 20; n++) {
      happen();
      while (call.received.length < n + 2) await turn();
    }
    expect(added).not.toHaveBeenCalled();
    added.mockRestore();
    call.emit('cancelled');
    await ended;
  });

  it.each<[string, (call: SlowCall) => Promise<unknown>]>([
    ['a query', query],
    [
      'the boots',
      (call) => new BootsService(...([{}, {}, {}, queue] as unknown as BootsOf)).list(undefined, call as never),
    ],
    ['a time', (call) => service.registryAt(5, call as unknown as QueryCall)],
  ])('rejects %s of a caller of which eight calls are open', async (_, ask) => {
    const calls = Array.from({ length: 8 }, () => new SlowCall());
    const open = calls.map(query);
    await expect(ask(new SlowCall())).rejects.toMatchObject({ reason: 'RESOURCE_EXHAUSTED' });
    const other = new SlowCall('10.0.0.2');
    const served = query(other);
    await followed(other, 9);
    for (const call of [...calls, other]) call.emit('cancelled');
    await Promise.all([...open, served]);
  });
});
