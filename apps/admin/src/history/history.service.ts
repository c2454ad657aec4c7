// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { once } from 'node:events';
import { Injectable } from '@nestjs/common';
import { queuedCallOf } from '@givc/access';
import { GivcError } from '@givc/model';
import type { history, ServerStreamingCall } from '@givc/rpc';
import { HistoryConfig } from './history.config.js';
import { HistoryRecorder } from './history-recorder.service.js';
import { matches, type HistoryQuery } from './history-requests.js';
import { Replay } from './replay.js';
import { listSegments, readLines, type Segment } from './segments.js';
import type { StoredEvent } from './stored-line.js';

export type QueryCall = ServerStreamingCall<history.QueryHistoryResponse>;

/** Answers queries of the history. */
export abstract class HistoryService {
  /** Writes the events to the call; resolves after the last one. */
  abstract query(query: HistoryQuery, call: QueryCall): Promise<void>;
  /** The registry as it was at this time, in milliseconds since 1970. */
  abstract registryAt(time: number): Promise<history.GetRegistryAtResponse>;
}

/** How many queries of one caller may be open. */
const maxOpen = 8;
/** The maximum number of events in a message, and of new ones that wait for a caller that reads slowly. */
const [batch, maxWaiting] = [100, 2_000];

const isoTime = (ms: number): string => new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');

/** Reads the segments of the recorder. Only what is read at the moment is in memory. */
@Injectable()
export class KeptHistoryService extends HistoryService {
  readonly #open = new Map<string, number>();

  constructor(
    private readonly config: HistoryConfig,
    private readonly recorder: HistoryRecorder,
  ) {
    super();
  }

  async query(query: HistoryQuery, call: QueryCall): Promise<void> {
    const { caller, signal } = queuedCallOf(call);
    const open = this.#open.get(caller) ?? 0;
    if (open >= maxOpen)
      throw new GivcError('RESOURCE_EXHAUSTED', `too many queries of the history: at most ${maxOpen} of one caller`);
    this.#open.set(caller, open + 1);
    try {
      await this.#query(query, call, signal);
    } finally {
      const left = this.#open.get(caller)! - 1;
      if (left === 0) this.#open.delete(caller);
      else this.#open.set(caller, left);
    }
  }

  async registryAt(time: number): Promise<history.GetRegistryAtResponse> {
    await this.recorder.flushed();
    const segments = await listSegments(this.config.folder);
    // The snapshot of the last one may be incomplete.
    for (let at = segments.findLastIndex((one) => one.time <= time); at >= 0; at--) {
      const replay = new Replay();
      for await (const line of lines(segments.slice(at), AbortSignal.timeout(30_000))) {
        if (line.kind !== 'unit' && line.time > time) break;
        replay.apply(line);
      }
      if (replay.isExact) return { items: replay.items(), machines: replay.machines() };
    }
    const [first] = segments;
    throw new GivcError(
      'FAILED_PRECONDITION',
      first
        ? `the history begins at ${isoTime(first.time)}, after ${isoTime(time)}: name a later time`
        : 'the history is empty',
    );
  }

  async #query(query: HistoryQuery, call: QueryCall, signal: AbortSignal): Promise<void> {
    const waiting: StoredEvent[] = [];
    let wake = (): void => undefined;
    const stop = query.follow
      ? this.recorder.onEvent((event) => {
          waiting.push(event);
          wake();
        })
      : () => undefined;
    try {
      const replay = new Replay();
      const end = await this.recorder.flushed();
      await sendAll(call, signal, this.#past(query, replay, end, signal));
      while (query.follow && !signal.aborted) {
        if (waiting.length > maxWaiting)
          throw new GivcError('RESOURCE_EXHAUSTED', `the caller has not read ${maxWaiting} events`);
        const news = waiting
          .splice(0)
          .flatMap((event) => replay.apply(event) ?? [])
          .filter((event) => matches(event, query));
        await sendAll(call, signal, news);
        if (waiting.length === 0)
          await new Promise<void>((resolve) => {
            wake = resolve;
            signal.addEventListener('abort', () => resolve(), { once: true });
          });
      }
    } finally {
      stop();
    }
  }

  /** The past events up to a number that match; the replay has the registry after them. */
  async *#past(query: HistoryQuery, replay: Replay, end: number, signal: AbortSignal): AsyncGenerator<history.Event> {
    const segments = await listSegments(this.config.folder);
    const from = Math.max(
      0,
      segments.findLastIndex(({ time }) => time <= query.since),
    );
    let skipped = 0;
    if (query.last !== Infinity) {
      let count = 0;
      for await (const event of events(segments.slice(from), new Replay(), end, signal))
        if (matches(event, query)) count++;
      skipped = count - query.last;
    }
    for await (const event of events(segments.slice(from), replay, end, signal))
      if (matches(event, query) && skipped-- <= 0) yield event;
  }
}

async function* lines(segments: readonly Segment[], signal: AbortSignal): ReturnType<typeof readLines> {
  for (const { path } of segments) yield* readLines(path, signal);
}

async function* events(
  segments: readonly Segment[],
  replay: Replay,
  end: number,
  signal: AbortSignal,
): AsyncGenerator<history.Event> {
  for await (const line of lines(segments, signal)) {
    if (line.kind !== 'unit' && line.number > end) return;
    const event = replay.apply(line);
    if (event) yield event;
  }
}

/** Sends them in batches, as fast as the caller reads. */
async function sendAll(
  call: QueryCall,
  signal: AbortSignal,
  all: AsyncIterable<history.Event> | Iterable<history.Event>,
): Promise<void> {
  let waiting: history.Event[] = [];
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
