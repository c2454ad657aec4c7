// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { appendFile } from 'node:fs/promises';
import { messageOf } from '@givc/model';
import { writeError } from '@givc/files';
import { LogOnce, type Log } from '@givc/log';
import { SerialQueue } from '@givc/queue';
import type { HistoryConfig } from './history.config.js';
import { createSegment, lastNumber, pruneSegments } from './segments.js';
import { formatLine, type NewEvent, type StoredEvent, type StoredUnit } from './stored-line.js';

/** Events within this time are written together. */
const batchMs = 100;
const retryMs = 5_000;
/** The maximum size of the events that wait for the disk. */
const maxBuffer = 256 * 1_024;
/** The history has at least this many segments before the oldest is dropped. */
const segments = 4;

/**
 * Writes events to segments, in the order of the calls, and never throws or waits. Events that come while the disk is
 * full, or faster than it, are dropped; after them a new segment begins, so that its snapshot makes up for them.
 */
export class HistoryWriter {
  readonly #queue = new SerialQueue();
  readonly #problems = new LogOnce();
  readonly #segmentBytes: number;
  #number = 0;
  #lines: string[] = [];
  #buffered = 0;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;
  /** Whether events were dropped since the last snapshot. */
  #hasGap = false;
  /** The present segment; undefined when the next write begins one. */
  #segment: { readonly path: string; bytes: number } | undefined;
  /** By `performance.now()`. */
  #notBefore = 0;
  #dropped = 0;

  /** `snapshot` returns the units of the registry now. */
  constructor(
    private readonly config: HistoryConfig,
    private readonly snapshot: () => readonly StoredUnit[],
    private readonly log: Log,
  ) {
    this.#segmentBytes = config.maxBytes / segments;
  }

  /** The number of events that were dropped since the start of the admin. */
  get dropped(): number {
    return this.#dropped;
  }

  /** The number of the last event. */
  get number(): number {
    return this.#number;
  }

  /** Reads where an earlier run has ended. Nothing may be added before. */
  async open(): Promise<void> {
    this.#number = await lastNumber(this.config.folder).catch(() => 0);
  }

  /** Begins a segment with the registry as it is now. */
  begin(): void {
    const head = this.#head();
    void this.#queue.run(() => this.#attempt(0, () => this.#create(head)));
  }

  /** Adds an event, which happens now; `missed` as in `StoredEvent`. */
  add(event: NewEvent, missed = 0): StoredEvent {
    const stored = { number: ++this.#number, time: Date.now(), ...(missed > 0 && { missed }), ...event };
    const line = formatLine(stored);
    if (this.#isClosed || this.#buffered + line.length > maxBuffer) {
      this.#dropped++;
      this.#hasGap = true;
      return stored;
    }
    this.#lines.push(line);
    this.#buffered += line.length;
    const ms = Math.max(batchMs, this.#notBefore - performance.now());
    this.#timer ??= setTimeout(() => void this.flush(), ms).unref();
    return stored;
  }

  /** Resolves once everything so far is in the segments, or was dropped. */
  flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    return this.#queue.run(() => this.#write());
  }

  async close(): Promise<void> {
    await this.flush();
    this.#isClosed = true;
  }

  async #write(): Promise<void> {
    if (this.#lines.length === 0) return;
    const { length } = this.#lines;
    const text = this.#lines.join('');
    [this.#lines, this.#buffered] = [[], 0];
    const segment = this.#segment;
    const isFull = segment !== undefined && segment.bytes + text.length > this.#segmentBytes;
    // The new segment begins after these events, with the registry as it is now.
    const head = !segment || isFull || this.#hasGap ? this.#head() : undefined;
    await this.#attempt(length, async () => {
      if (segment) {
        await appendFile(segment.path, text, { mode: 0o600 });
        segment.bytes += Buffer.byteLength(text);
      }
      if (head) await this.#create(head, segment ? '' : text);
    });
  }

  async #attempt(events: number, work: () => Promise<void>): Promise<void> {
    try {
      await work();
      if (this.#problems.end('write')) this.log.info('the history is written again', { dropped: this.#dropped });
    } catch (error) {
      this.#dropped += events;
      this.#segment = undefined;
      this.#notBefore = performance.now() + retryMs;
      const problem = messageOf(writeError(this.config.folder, error));
      if (this.#problems.isNew('write', problem)) this.log.error('the history cannot be written', { error: problem });
    }
  }

  #head(): Head {
    this.#hasGap = false;
    const units = this.snapshot();
    const [number, time] = [this.#number, Date.now()];
    const text = units.map((unit) => formatLine({ kind: 'unit', ...unit })).join('');
    const isTooLong = Buffer.byteLength(text) > this.#segmentBytes;
    const head = formatLine({ kind: 'segment', number, time, units: isTooLong ? -1 : units.length });
    return { number, time, text: isTooLong ? head : head + text };
  }

  async #create({ number, time, text }: Head, events = ''): Promise<void> {
    const { folder, maxBytes } = this.config;
    const path = await createSegment(folder, number, time, events + text);
    this.#segment = { path, bytes: Buffer.byteLength(events + text) };
    await pruneSegments(folder, maxBytes - this.#segmentBytes);
  }
}

/** The begin of a segment. */
interface Head {
  readonly number: number;
  readonly time: number;
  readonly text: string;
}
