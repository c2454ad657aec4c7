// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { HistoryFiles } from './history-files.js';
import { parseLine, type StoredLine } from './stored-line.js';

/** A file of the history. */
export interface Segment {
  readonly name: string;
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

const pattern = /^([0-9]{12})-([0-9]{13})\.jsonl$/;

/** The segments in the folder, the oldest first. */
export async function listSegments(files: HistoryFiles): Promise<Segment[]> {
  const names = await files.names();
  return names.sort().flatMap((name) => {
    const [, number, time] = pattern.exec(name) ?? [];
    return number === undefined ? [] : [{ name, number: Number(number), time: Number(time) }];
  });
}

export const segmentName = (number: number, time: number): string =>
  `${String(number).padStart(12, '0')}-${String(time).padStart(13, '0')}.jsonl`;

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
export async function pruneSegments(files: HistoryFiles, maxBytes: number): Promise<void> {
  const sized: SizedSegment[] = [];
  for (const segment of await listSegments(files)) sized.push({ ...segment, bytes: await files.size(segment.name) });
  for (const { name } of expendable(sized, maxBytes)) await files.remove(name);
}

/** The number of the last event in the folder, or a higher one; 0 when there is none. */
export async function lastNumber(files: HistoryFiles): Promise<number> {
  const last = (await listSegments(files)).at(-1);
  if (!last) return 0;
  let { number } = last;
  const from = Math.max(0, (await files.size(last.name)) - maxLine);
  for await (const line of readLines(files, last.name, from))
    if ('number' in line) number = Math.max(number, line.number);
  return number;
}

/** The lines of a file from an offset on, without those that are damaged or too long; none when the file is gone. */
export async function* readLines(
  files: HistoryFiles,
  name: string,
  offset: number,
  signal?: AbortSignal,
): AsyncGenerator<StoredLine> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of files.read(name, offset, signal)) {
    let from = 0;
    const bytes: Buffer = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk;
    for (let at = bytes.indexOf(newLine); at >= 0; at = bytes.indexOf(newLine, from)) {
      const line = parseLine(bytes.toString('utf8', from, at));
      from = at + 1;
      if (line) yield line;
    }
    rest = bytes.subarray(from);
    // What follows is not a whole line, and so left out.
    if (rest.length > maxLine) rest = Buffer.alloc(0);
  }
}
