// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { heapGrowth } from './heap-growth.js';

/** One end of a connection, from which bytes are read and to which they are written. */
export interface ByteEnd {
  pause(): void;
  resume(): void;
  /**
   * Returns false when the reader at the other end is slower; the listener of `drained` is called when it has caught
   * up.
   */
  write(bytes: Buffer): boolean;
  drained(resume: () => void): void;
  /** Ends the direction towards the reader; calls `done` once the end was sent. */
  end(done: () => void): void;
}

/** Changes the bytes of one direction. */
export interface ByteFilter {
  /** Returns the bytes that are passed on instead of these. Throws a GivcError when the connection must end. */
  pass(bytes: Buffer): Buffer;
  /** Called at the end; returns the bytes that were held back. */
  end(): Buffer;
}

const unfiltered: ByteFilter = { pass: (bytes) => bytes, end: () => Buffer.alloc(0) };

type PumpState =
  | { readonly state: 'flowing' }
  /** The source has ended; the end is being sent to the sink. */
  | { readonly state: 'ending' }
  /** Nothing more is written. */
  | { readonly state: 'ended' };

/**
 * One direction of a connection: passes bytes from a source to a sink in order, and lets the source wait while the
 * reader of the sink has to catch up.
 */
export class BytePump {
  #state: PumpState = { state: 'flowing' };

  constructor(
    private readonly source: ByteEnd,
    private readonly sink: ByteEnd,
    private readonly filter: ByteFilter = unfiltered,
  ) {
    sink.drained(() => source.resume());
  }

  get state(): PumpState['state'] {
    return this.#state.state;
  }

  /** Passes on what the source has read; drops it after the end of this direction. Throws what the filter throws. */
  pass(bytes: Buffer): void {
    if (this.#state.state !== 'flowing') return;
    heapGrowth.carried(bytes.length);
    if (!this.#write(this.filter.pass(bytes))) this.source.pause();
  }

  /** Writes these bytes behind those that were passed, without the filter. */
  insert(bytes: Buffer): void {
    this.#write(bytes);
  }

  /** Called when the source has ended: ends the sink, and calls `done` once the end was sent. */
  end(done: () => void): void {
    if (this.#state.state !== 'flowing') return;
    this.#state = { state: 'ending' };
    this.#write(this.filter.end());
    this.sink.end(() => {
      this.#state = { state: 'ended' };
      done();
    });
  }

  /** Called when the sink is closed: the source is read to its end, and nothing is written. */
  abandon(): void {
    this.#state = { state: 'ended' };
    this.source.resume();
  }

  #write(bytes: Buffer): boolean {
    return bytes.length === 0 || this.sink.write(bytes);
  }
}
