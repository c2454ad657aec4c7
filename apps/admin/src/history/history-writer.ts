// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { messageOf } from '@givc/model';
import { writeError } from '@givc/files';
import { LogOnce, type Log } from '@givc/log';
import { SerialQueue } from '@givc/queue';
import type { HistoryConfig } from './history.config.js';
import type { HistoryFiles } from './history-files.js';
import { lastNumber, pruneSegments, segmentName } from './segments.js';
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
  #segment: { readonly name: string; bytes: number } | undefined;
  /** By `performance.now()`. */
  #notBefore = 0;
  #dropped = 0;

  /** `snapshot` returns the units of the registry now. */
  constructor(
    private readonly config: HistoryConfig,
    private readonly files: HistoryFiles,
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
    this.#number = await lastNumber(this.files).catch(() => 0);
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
    this.#wait();
    return stored;
  }

  /** Resolves once everything so far is in the segments, or was dropped. */
  flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    return this.#queue.run(() => this.#write());
  }

  /** Writes also what is added while it writes; nothing is written after it, also when it could not write. */
  async close(): Promise<void> {
    do await this.flush();
    while (this.#lines.length > 0);
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }

  #wait(): void {
    const ms = Math.max(batchMs, this.#notBefore - performance.now());
    this.#timer ??= setTimeout(() => void this.flush(), ms).unref();
  }

  async #write(): Promise<void> {
    if (this.#isClosed || (this.#lines.length === 0 && !this.#hasGap)) return;
    const { length } = this.#lines;
    const text = this.#lines.join('');
    [this.#lines, this.#buffered] = [[], 0];
    const segment = this.#segment;
    const isFull = segment !== undefined && segment.bytes + text.length > this.#segmentBytes;
    // The new segment begins after these events, with the registry as it is now.
    const head = !segment || isFull || this.#hasGap ? this.#head() : undefined;
    await this.#attempt(length, async () => {
      if (segment) {
        await this.files.append(segment.name, text);
        segment.bytes += Buffer.byteLength(text);
      }
      if (head) await this.#create(head, segment ? '' : text);
    });
  }

  async #attempt(events: number, work: () => Promise<void>): Promise<void> {
    try {
      await work();
      this.#notBefore = 0;
      if (this.#problems.end('write')) this.log.info('the history is written again', { dropped: this.#dropped });
    } catch (error) {
      this.#dropped += events;
      this.#segment = undefined;
      this.#hasGap = true;
      this.#notBefore = performance.now() + retryMs;
      // The snapshot must not wait for the next event.
      this.#wait();
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
    const name = segmentName(number, time);
    await this.files.create(name, events + text);
    this.#segment = { name, bytes: Buffer.byteLength(events + text) };
    await pruneSegments(this.files, this.config.maxBytes - this.#segmentBytes);
  }
}

/** The begin of a segment. */
interface Head {
  readonly number: number;
  readonly time: number;
  readonly text: string;
}
