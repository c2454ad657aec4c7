// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { EventEmitter } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Log } from '@givc/log';
import type { ServerCall } from '@givc/rpc';
import { StateFiles } from './history-files.js';
import { HistoryQueue } from './history-queue.js';
import type { HistoryRecorder } from './history-recorder.service.js';
import { KeptHistoryService } from './history.service.js';
import { HistoryWriter } from './history-writer.js';
import type { StoredUnit } from './stored-line.js';

/** A disk that may be full. */
class Disk extends StateFiles {
  isFull = false;

  override create(name: string, text: string): Promise<void> {
    return this.#work(() => super.create(name, text));
  }

  override append(name: string, text: string): Promise<void> {
    return this.#work(() => super.append(name, text));
  }

  #work(work: () => Promise<void>): Promise<void> {
    return this.isFull ? Promise.reject(new Error('ENOSPC')) : work();
  }
}

const hour = 3_600_000;

describe('the registry at a time', () => {
  let folder: string;
  let disk: Disk;
  let writer: HistoryWriter;
  let now: number;
  let unit: StoredUnit;
  let service: KeptHistoryService;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'givc-registry-at-'));
    now = 10 * hour;
    unit = {
      ...{ vm: 'net-vm', unit: 'web.service', type: 9, agent: 'givc-net-vm.service', description: 'inactive' },
      state: 'loaded/active/running/running',
    };
    jest.spyOn(Date, 'now').mockImplementation(() => now);
    const config = { folder: join(folder, 'history'), maxBytes: 8 * 1_048_576 };
    disk = new Disk(config);
    writer = new HistoryWriter(config, disk, () => [unit], new Log('error', () => undefined));
    const recorder = {
      flushed: async () => {
        const { number } = writer;
        await writer.flush();
        return number;
      },
    };
    service = new KeptHistoryService(disk, recorder as unknown as HistoryRecorder, new HistoryQueue());
    await begin();
  });
  afterEach(async () => {
    await writer.close();
    jest.restoreAllMocks();
    rmSync(folder, { recursive: true });
  });

  const begin = async () => {
    writer.begin();
    await writer.flush();
  };
  /** The unit has this description from the time on. */
  const becomes = async (description: string, time: number) => {
    now = time;
    unit = { ...unit, description };
    writer.add({ kind: 'status', vm: 'net-vm', unit: 'web.service', state: unit.state, description });
    await writer.flush();
  };
  const at = async (time: number) => {
    const call = Object.assign(new EventEmitter(), { getAuthContext: () => ({}), getPeer: () => '10.0.0.1:1' });
    const { items, missed } = await service.registryAt(time, call as unknown as ServerCall);
    return [items[0]!.Description, missed];
  };

  it('is exact while every event was kept', async () => {
    await becomes('active', 11 * hour);
    await becomes('failed', 12 * hour);
    expect([await at(10.5 * hour), await at(11 * hour), await at(11.5 * hour), await at(13 * hour)]).toEqual([
      ['inactive', 0],
      ['active', 0],
      ['active', 0],
      ['failed', 0],
    ]);
    await expect(at(9 * hour)).rejects.toThrow('the history begins at');
  });

  it('has the number of events that a full disk has lost around it, and is exact again after the next snapshot', async () => {
    await becomes('active', 11 * hour);
    disk.isFull = true;
    await becomes('failed', 12 * hour);
    await becomes('activating', 13 * hour);
    expect([await at(10.5 * hour), await at(11.5 * hour), await at(14 * hour)]).toEqual([
      ['inactive', 0],
      ['active', 2],
      ['active', 2],
    ]);
    disk.isFull = false;
    await becomes('active', 15 * hour);
    expect([await at(12.5 * hour), await at(15 * hour), await at(16 * hour)]).toEqual([
      ['active', 2],
      ['active', 0],
      ['active', 0],
    ]);
  });

  it('is the last one of this time when the clock was set back', async () => {
    await becomes('active', 12 * hour);
    await becomes('failed', 11 * hour);
    await becomes('inactive', 13 * hour);
    expect(await at(11.5 * hour)).toEqual(['failed', 0]);
  });

  it('is found when the clock was far ahead as the admin started', async () => {
    await writer.close();
    rmSync(join(folder, 'history'), { recursive: true });
    now = 1_000_000 * hour;
    writer = new HistoryWriter(
      { folder: join(folder, 'history'), maxBytes: 8 * 1_048_576 },
      disk,
      () => [unit],
      new Log('error', () => undefined),
    );
    await begin();
    await becomes('active', 20 * hour);
    await becomes('failed', 21 * hour);
    expect([await at(20.5 * hour), await at(22 * hour)]).toEqual([
      ['active', 0],
      ['failed', 0],
    ]);
  });
});
