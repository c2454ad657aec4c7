// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StateFiles } from './history-files.js';
import { expendable, lastNumber, listSegments, readLines, segmentName, type SizedSegment } from './segments.js';
import { formatLine, type StoredEvent } from './stored-line.js';

const hour = 3_600_000;
const event = (number: number): StoredEvent => ({ kind: 'started', version: '1', number, time: 1_000 + number });

const segment = (number: number, time: number, bytes: number): SizedSegment => ({
  name: `${number}`,
  number,
  time,
  bytes,
});

describe('the segments of the history', () => {
  let folder: string;
  let files: StateFiles;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'givc-segments-'));
    files = new StateFiles({ folder, maxBytes: 0 });
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const linesOf = async (name: string) => {
    const numbers: number[] = [];
    for await (const line of readLines(files, name, 0)) numbers.push('number' in line ? line.number : -1);
    return numbers;
  };

  it('are listed from the oldest to the newest, without other files', async () => {
    await files.create(segmentName(12, 5_000), '');
    await files.create(segmentName(2, 4_000), '');
    writeFileSync(join(folder, 'notes.txt'), '');
    expect((await listSegments(files)).map(({ number, time }) => [number, time])).toEqual([
      [2, 4_000],
      [12, 5_000],
    ]);
  });

  it('are regular files only: neither a folder nor a symlink to an endless file is read', async () => {
    await files.create(segmentName(1, 1_000), formatLine(event(2)));
    mkdirSync(join(folder, segmentName(2, 2_000)));
    symlinkSync('/dev/zero', join(folder, segmentName(3, 3_000)));
    expect((await listSegments(files)).map(({ number }) => number)).toEqual([1]);
    expect(await lastNumber(files)).toBe(2);
  });

  it('leave out lines that are damaged, torn or too long, and keep the others', async () => {
    const name = 'lines';
    const valid = [1, 2, 3, 4].map((number) => formatLine(event(number)));
    const tooLong = `{"kind":"started","version":"${'x'.repeat(200_000)}","number":9,"time":9}\n`;
    const wrong = '{"kind":"status","number":5,"time":5}\n{"kind":"other"}\nnull\n[]\n{"kind":"toString"}\n';
    writeFileSync(
      join(folder, name),
      `${valid[0]}\u0000\u0001\n${valid[1]}${tooLong}${valid[2]}${wrong}${valid[3]}{"kind":"sta`,
    );
    expect(await linesOf(name)).toEqual([1, 2, 3, 4]);
  });

  it('have no lines once their file is gone', async () => {
    expect(await linesOf('gone')).toEqual([]);
  });

  it('continue with the number of the last whole line after a crash', async () => {
    await files.create(segmentName(3, 1_000), formatLine(event(4)) + formatLine(event(7)) + '{"kind":"started","num');
    expect(await lastNumber(files)).toBe(7);
  });

  it('leave no part of a file that cannot be written', async () => {
    await expect(files.create(segmentName(1, 1), undefined as never)).rejects.toThrow();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('are dropped from the oldest on until the others fit, but never the one that is written', () => {
    const three = [segment(1, 0, 400), segment(2, 2 * hour, 400), segment(3, 4 * hour, 400)];
    expect(expendable(three, 1_200)).toEqual([]);
    expect(expendable(three, 900).map(({ number }) => number)).toEqual([1]);
    expect(expendable(three, 0).map(({ number }) => number)).toEqual([1, 2]);
  });

  it('of an admin that crashes again and again do not push out what was before', () => {
    const before = [segment(1, 0, 400), segment(2, hour, 400)];
    const crashes = Array.from({ length: 30 }, (_, at) => segment(3 + at, 2 * hour + at * 1_000, 10));
    const gone = expendable([...before, ...crashes], 10_000).map(({ number }) => number);
    expect(gone).toEqual(Array.from({ length: 21 }, (_, at) => 3 + at));
  });
});
