// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseLine, type StoredLine } from './stored-line.js';

/** A file of the history. */
export interface Segment {
  readonly path: string;
  /** The number of the last event before it. */
  readonly number: number;
  /** When it was begun, in milliseconds since 1970. */
  readonly time: number;
}

/** A segment with its size. */
export interface SizedSegment extends Segment {
  readonly bytes: number;
}

/** More bytes than the longest line has. */
const maxLine = 64 * 1_024;
const newLine = 0x0a;
const shortMs = 5 * 60_000;
/** How many short segments may follow each other. */
const maxShort = 8;

const name = /^([0-9]{12})-([0-9]{13})\.jsonl$/;

/** The segments of the folder, the oldest first; empty when there is no folder. */
export async function listSegments(folder: string): Promise<Segment[]> {
  const names = await readdir(folder).catch((): string[] => []);
  return names.sort().flatMap((one) => {
    const [, number, time] = name.exec(one) ?? [];
    return number === undefined ? [] : [{ path: join(folder, one), number: Number(number), time: Number(time) }];
  });
}

function unlessThere(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') throw error;
}

/**
 * Begins a segment with this text; throws when there is one of this number and time. It creates the folder, but not
 * the state directory, which belongs to the service manager.
 */
export async function createSegment(folder: string, number: number, time: number, text: string): Promise<string> {
  await mkdir(folder, { mode: 0o700 }).catch(unlessThere);
  const path = join(folder, `${String(number).padStart(12, '0')}-${String(time).padStart(13, '0')}.jsonl`);
  try {
    await writeFile(path, text, { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') await rm(path, { force: true }).catch(() => undefined);
    throw error;
  }
  return path;
}

/**
 * The segments that must go: the oldest ones, until the others have at most `maxBytes`, and of a series of short ones,
 * which a crashing admin writes, all but the last, so that it does not push out what was before.
 */
export function expendable(segments: readonly SizedSegment[], maxBytes: number): readonly SizedSegment[] {
  const older = segments.slice(0, -1);
  const isShort = (at: number): boolean => Math.abs(segments[at + 1]!.time - segments[at]!.time) < shortMs;
  const series = older.slice(older.findLastIndex((_, at) => !isShort(at)) + 1);
  const gone = new Set(series.slice(0, Math.max(0, series.length - maxShort)));
  let bytes = 0;
  for (const one of segments) if (!gone.has(one)) bytes += one.bytes;
  for (const one of older) {
    if (bytes <= maxBytes) break;
    if (gone.has(one)) continue;
    gone.add(one);
    bytes -= one.bytes;
  }
  return [...gone];
}

/** Removes what does not fit. */
export async function pruneSegments(folder: string, maxBytes: number): Promise<void> {
  const sized: SizedSegment[] = [];
  for (const segment of await listSegments(folder)) {
    const bytes = await stat(segment.path).then(
      ({ size }) => size,
      () => 0,
    );
    sized.push({ ...segment, bytes });
  }
  for (const { path } of expendable(sized, maxBytes)) await rm(path, { force: true });
}

/** The number of the last event in the folder, or a higher one; 0 when there is none. */
export async function lastNumber(folder: string): Promise<number> {
  const last = (await listSegments(folder)).at(-1);
  if (!last) return 0;
  const handle = await open(last.path);
  try {
    const { size } = await handle.stat();
    const from = Math.max(0, size - maxLine);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(Math.min(size, maxLine)), 0, undefined, from);
    const numbers = buffer
      .toString('utf8', 0, bytesRead)
      .split('\n')
      .map((text) => parseLine(text))
      .map((line) => (line && 'number' in line ? line.number : 0));
    return numbers.reduce((most, number) => Math.max(most, number), last.number);
  } finally {
    await handle.close();
  }
}

/** The lines of a file, without those that are damaged or too long; none when the file is gone. */
export async function* readLines(path: string, signal: AbortSignal): AsyncGenerator<StoredLine> {
  let rest: Buffer = Buffer.alloc(0);
  try {
    for await (const chunk of createReadStream(path, { signal })) {
      let from = 0;
      const bytes: Buffer = rest.length > 0 ? Buffer.concat([rest, chunk as Buffer]) : (chunk as Buffer);
      for (let at = bytes.indexOf(newLine); at >= 0; at = bytes.indexOf(newLine, from)) {
        const line = parseLine(bytes.toString('utf8', from, at));
        from = at + 1;
        if (line) yield line;
      }
      rest = bytes.subarray(from);
      // What follows is not a whole line, and so left out.
      if (rest.length > maxLine) rest = Buffer.alloc(0);
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}
