// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { EventEmitter } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Listeners } from '@givc/events';
import type { history } from '@givc/rpc';
import { BootsService } from './boots.service.js';
import { StateFiles } from './history-files.js';
import { HistoryQueue } from './history-queue.js';
import type { HistoryRecorder } from './history-recorder.service.js';
import type { HistoryQuery } from './history-requests.js';
import { KeptHistoryService, type QueryCall } from './history.service.js';
import type { StoredEvent } from './stored-line.js';

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
  let events: Listeners<[StoredEvent]>;
  let service: KeptHistoryService;
  let number: number;
  let queue: HistoryQueue;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'givc-history-'));
    [events, number, queue] = [new Listeners(), 0, new HistoryQueue()];
    const recorder = { onEvent: (listener: (event: StoredEvent) => void) => events.add(listener), flushed: () => 0 };
    const files = new StateFiles({ folder, maxBytes: 1_000_000 });
    service = new KeptHistoryService(files, recorder as unknown as HistoryRecorder, queue);
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const query = (call: SlowCall) => service.query(follow, call as unknown as QueryCall);
  const happen = () => events.notify({ kind: 'started', number: ++number, time: 5, version: '1' });
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
