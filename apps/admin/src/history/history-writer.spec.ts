// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Log } from '@givc/log';
import { StateFiles } from './history-files.js';
import { HistoryWriter } from './history-writer.js';
import { parseLine, type NewEvent, type StoredUnit } from './stored-line.js';

const started: NewEvent = { kind: 'started', version: '1' };
const unit = (name: string): StoredUnit => ({
  ...{ vm: 'net-vm', unit: name, type: 9, agent: 'givc-net-vm.service', description: name },
  state: 'loaded/active/running/running',
});

describe('HistoryWriter', () => {
  let parent: string;
  let folder: string;
  let units: StoredUnit[];
  beforeEach(() => {
    parent = mkdtempSync(join(tmpdir(), 'givc-history-'));
    folder = join(parent, 'history');
    units = [];
  });
  afterEach(() => rmSync(parent, { recursive: true, force: true }));

  async function openWriter(maxBytes = 8 * 1_048_576) {
    const lines: string[] = [];
    const config = { folder, maxBytes };
    const log = new Log('debug', (line) => lines.push(line));
    const writer = new HistoryWriter(config, new StateFiles(config), () => units, log);
    await writer.open();
    writer.begin();
    return { writer, lines };
  }

  const files = () => readdirSync(folder).sort();
  const kinds = (file: string) =>
    readFileSync(join(folder, file), 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => parseLine(line)?.kind);

  it('begins with a snapshot of the registry, and continues the numbers of an earlier run', async () => {
    units = [unit('web.service')];
    const first = await openWriter();
    expect(first.writer.add(started).number).toBe(1);
    await first.writer.close();
    const second = await openWriter();
    expect(second.writer.add(started).number).toBe(2);
    await second.writer.close();
    expect(files().map(kinds)).toEqual([
      ['segment', 'unit', 'started'],
      ['segment', 'unit', 'started'],
    ]);
  });

  it('writes the events of a while together', async () => {
    const { writer } = await openWriter();
    await writer.flush();
    const before = statSync(join(folder, files()[0]!)).size;
    for (let at = 0; at < 100; at++) writer.add(started);
    expect(statSync(join(folder, files()[0]!)).size).toBe(before);
    await writer.close();
    expect(kinds(files()[0]!)).toHaveLength(101);
  });

  it('begins another segment with a snapshot when one is full, and stays below its maximum size', async () => {
    const maxBytes = 40_000;
    const { writer } = await openWriter(maxBytes);
    units = [unit('web.service'), unit('net.service')];
    for (let at = 0; at < 2_000; at++) {
      writer.add(started);
      if (at % 50 === 0) await writer.flush();
    }
    await writer.close();
    const sizes = files().map((file) => statSync(join(folder, file)).size);
    expect(sizes.length).toBeGreaterThanOrEqual(2);
    expect(sizes.reduce((sum, size) => sum + size)).toBeLessThanOrEqual(maxBytes);
    for (const file of files().slice(1)) expect(kinds(file).slice(0, 3)).toEqual(['segment', 'unit', 'unit']);
  });

  it('drops and counts events that the disk does not take, logs that once, and makes up for them by a snapshot', async () => {
    writeFileSync(folder, 'a file in the place of the folder');
    const { writer, lines } = await openWriter();
    writer.add(started);
    await writer.flush();
    writer.add(started);
    await writer.flush();
    expect(writer.dropped).toBe(2);
    expect(lines.filter((line) => line.includes('the history cannot be written'))).toHaveLength(1);
    rmSync(folder);
    mkdirSync(folder);
    units = [unit('web.service')];
    writer.add(started);
    await writer.close();
    expect(files().map(kinds)).toEqual([['started', 'segment', 'unit']]);
    expect(lines.some((line) => line.includes('the history is written again'))).toBe(true);
  });

  it('makes up for dropped events as soon as the disk takes it, without another event', async () => {
    writeFileSync(folder, 'a file in the place of the folder');
    const { writer } = await openWriter();
    writer.add(started);
    await writer.flush();
    rmSync(folder);
    units = [unit('web.service')];
    await writer.flush();
    expect(files().map(kinds)).toEqual([['segment', 'unit']]);
    await writer.close();
  });

  it('writes events that are added while it closes', async () => {
    const { writer } = await openWriter();
    writer.add(started);
    const closed = writer.close();
    await Promise.resolve();
    writer.add(started);
    await closed;
    expect(files().map(kinds)).toEqual([['segment', 'started', 'started']]);
  });

  it('writes nothing more after a close that could not write', async () => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] });
    try {
      writeFileSync(folder, 'a file in the place of the folder');
      const { writer } = await openWriter();
      writer.add(started);
      await writer.close();
      rmSync(folder);
      expect(jest.getTimerCount()).toBe(0);
      writer.add(started);
      await writer.flush();
      expect(existsSync(folder)).toBe(false);
    } finally {
      jest.useRealTimers();
    }
  });

  it('keeps at most 256 KiB in memory, and counts what is dropped beyond', async () => {
    const { writer } = await openWriter();
    const long: NewEvent = { kind: 'started', version: 'x'.repeat(1_000) };
    for (let at = 0; at < 1_000; at++) writer.add(long);
    expect(writer.dropped).toBeGreaterThan(700);
    await writer.close();
    const kept = kinds(files()[0]!).filter((kind) => kind === 'started').length;
    expect(kept + writer.dropped).toBe(1_000);
  });
});
