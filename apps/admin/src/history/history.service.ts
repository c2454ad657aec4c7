// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { once } from 'node:events';
import { Injectable } from '@nestjs/common';
import { queuedCallOf } from '@givc/access';
import { GivcError } from '@givc/model';
import type { history, ServerCall, ServerStreamingCall } from '@givc/rpc';
import { HistoryFiles } from './history-files.js';
import { HistoryQueue } from './history-queue.js';
import { HistoryRecorder } from './history-recorder.service.js';
import { matches, type HistoryQuery } from './history-requests.js';
import { eventOf } from './history-event.js';
import { Replay } from './replay.js';
import { listSegments, readLines, type Segment } from './segments.js';
import type { StoredEvent, StoredLine, StoredUnit } from './stored-line.js';

export type QueryCall = ServerStreamingCall<history.QueryHistoryResponse>;

/** Answers queries of the history. */
export abstract class HistoryService {
  /** Writes the events to the call; resolves after the last one. */
  abstract query(query: HistoryQuery, call: QueryCall): Promise<void>;
  /** The registry as it was at this time, in milliseconds since 1970. */
  abstract registryAt(time: number, call: ServerCall): Promise<history.GetRegistryAtResponse>;
}

/** The maximum number of events in a message, and of new ones that wait for a caller that reads slowly. */
const [batch, maxWaiting] = [100, 2_000];

const isoTime = (ms: number): string => new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');

/** Reads the segments of the recorder. Only what is read at the moment is in memory. */
@Injectable()
export class KeptHistoryService extends HistoryService {
  constructor(
    private readonly files: HistoryFiles,
    private readonly recorder: HistoryRecorder,
    private readonly queue: HistoryQueue,
  ) {
    super();
  }

  query(query: HistoryQuery, call: QueryCall): Promise<void> {
    return this.queue.run(queuedCallOf(call), ({ signal }) => this.#query(query, call, signal));
  }

  registryAt(time: number, call: ServerCall): Promise<history.GetRegistryAtResponse> {
    return this.queue.run(queuedCallOf(call), ({ signal }) => this.#registryAt(time, signal));
  }

  async #registryAt(time: number, signal: AbortSignal): Promise<history.GetRegistryAtResponse> {
    const end = await this.recorder.flushed();
    const segments = await listSegments(this.files);
    const last = await this.#lastUntil(time, segments, signal);
    // The snapshot of its segment may be incomplete.
    for (let from = last?.segment ?? -1; from >= 0; from--) {
      const replay = new Replay();
      let next = end;
      for await (const { line, ...at } of this.#placed(segments, from, signal)) {
        if (line.kind !== 'unit' && isAfter(at, last!)) {
          next = line.kind === 'segment' ? line.number : line.number - 1;
          break;
        }
        replay.apply(line);
      }
      if (replay.isExact)
        return { items: replay.items(), machines: replay.machines(), missed: replay.missingUntil(next) };
    }
    const [first] = segments;
    throw new GivcError(
      'FAILED_PRECONDITION',
      first
        ? `the history begins at ${isoTime(first.time)}, after ${isoTime(time)}: name a later time`
        : 'the history is empty',
    );
  }

  async #query(query: HistoryQuery, call: QueryCall, callSignal: AbortSignal): Promise<void> {
    const waiting: Happened[] = [];
    const leaving = new AbortController();
    const signal = AbortSignal.any([callSignal, leaving.signal]);
    let wake = (): void => undefined;
    signal.addEventListener('abort', () => wake(), { once: true });
    const stop = query.follow
      ? this.recorder.onEvent((event, before) => {
          if (waiting.length < maxWaiting) waiting.push({ event, before });
          else leaving.abort(new GivcError('RESOURCE_EXHAUSTED', `the caller has not read ${maxWaiting} events`));
          wake();
        })
      : () => undefined;
    try {
      let last = await this.#sendPast(query, call, signal);
      while (query.follow && !signal.aborted) {
        const news = waiting.splice(0).map(({ event, before }) => {
          const gap = last === undefined ? 0 : event.number - last - 1;
          last = event.number;
          return eventOf(event, before, gap);
        });
        await sendAll(
          call,
          signal,
          news.filter((event) => matches(event, query)),
        );
        if (waiting.length === 0 && !signal.aborted) await new Promise<void>((resolve) => (wake = resolve));
      }
      leaving.signal.throwIfAborted();
    } catch (error) {
      // What was being read ends by an error of its own.
      leaving.signal.throwIfAborted();
      throw error;
    } finally {
      stop();
    }
  }

  /**
   * Returns the number of the last event of the segments, undefined without any. The registry that it needs is free
   * when it returns: a caller that follows the events for long does not keep one.
   */
  async #sendPast(query: HistoryQuery, call: QueryCall, signal: AbortSignal): Promise<number | undefined> {
    const replay = new Replay();
    const end = await this.recorder.flushed();
    await sendAll(call, signal, this.#past(query, replay, end, signal));
    return replay.number;
  }

  /** The past events up to a number that match; the replay has the registry after them. */
  async *#past(
    query: HistoryQuery,
    replay: Replay,
    end: number,
    signal: AbortSignal,
  ): AsyncGenerator<history.HistoryEvent> {
    const segments = await listSegments(this.files);
    // The clock may have been set back since, so that a later segment begins earlier.
    const second = segments.findIndex(({ time }, at) => at > 0 && time > query.since);
    const from = (second < 0 ? segments.length : second) - 1;
    let skipped = 0;
    if (query.last !== Infinity) {
      let count = 0;
      for await (const event of this.#events(segments.slice(from), new Replay(), end, signal))
        if (matches(event, query)) count++;
      skipped = count - query.last;
    }
    for await (const event of this.#events(segments.slice(from), replay, end, signal))
      if (matches(event, query) && skipped-- <= 0) yield event;
  }

  /** The last line of this time or earlier. Those before it may have later times, because the clock was set. */
  async #lastUntil(time: number, segments: readonly Segment[], signal: AbortSignal): Promise<Place | undefined> {
    for (let from = segments.length - 1; from >= 0; from--) {
      let last: Place | undefined;
      for await (const { line, ...at } of this.#placed(segments.slice(0, from + 1), from, signal))
        if (line.kind !== 'unit' && line.time <= time) last = at;
      if (last) return last;
    }
    return undefined;
  }

  async *#placed(segments: readonly Segment[], from: number, signal: AbortSignal): AsyncGenerator<PlacedLine> {
    for (let segment = from; segment < segments.length; segment++) {
      let index = 0;
      for await (const line of this.#lines([segments[segment]!], signal)) yield { line, segment, index: index++ };
    }
  }

  async *#lines(segments: readonly Segment[], signal: AbortSignal): AsyncGenerator<StoredLine> {
    for (const { name } of segments) yield* readLines(this.files, name, 0, signal);
  }

  async *#events(
    segments: readonly Segment[],
    replay: Replay,
    end: number,
    signal: AbortSignal,
  ): AsyncGenerator<history.HistoryEvent> {
    for await (const line of this.#lines(segments, signal)) {
      if (line.kind !== 'unit' && line.number > end) return;
      const event = replay.apply(line);
      if (event) yield event;
    }
  }
}

/** An event, and its unit as it was before. */
interface Happened {
  readonly event: StoredEvent;
  readonly before: StoredUnit | undefined;
}

/** The place of a line among the segments. */
interface Place {
  readonly segment: number;
  readonly index: number;
}

type PlacedLine = Place & { readonly line: StoredLine };

const isAfter = (a: Place, b: Place): boolean =>
  a.segment > b.segment || (a.segment === b.segment && a.index > b.index);

/** Sends them in batches, as fast as the caller reads. */
async function sendAll(
  call: QueryCall,
  signal: AbortSignal,
  all: AsyncIterable<history.HistoryEvent> | Iterable<history.HistoryEvent>,
): Promise<void> {
  let waiting: history.HistoryEvent[] = [];
  const send = async (): Promise<void> => {
    if (waiting.length === 0 || signal.aborted || call.writableEnded) return;
    const isRead = call.write({ events: waiting });
    waiting = [];
    if (!isRead) await once(call, 'drain', { signal }).catch(() => undefined);
  };
  for await (const event of all) {
    if (signal.aborted) return;
    waiting.push(event);
    if (waiting.length >= batch) await send();
  }
  await send();
}

/** For an admin that keeps no history. */
@Injectable()
export class NoHistoryService extends HistoryService {
  query(): Promise<never> {
    return Promise.reject(isOff());
  }

  registryAt(): Promise<never> {
    return Promise.reject(isOff());
  }
}

const isOff = (): GivcError =>
  new GivcError(
    'FAILED_PRECONDITION',
    'the admin keeps no history: it needs --state-directory (STATE_DIRECTORY), and --history-size (GIVC_HISTORY_SIZE) above 0',
  );
