// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { GivcError } from '@givc/model';

/** The protocol by its name in ALPN (RFC 7301). A change that a peer of this version cannot read has another name. */
export const socketProtocol = 'givc-socket/1';

/**
 * What one direction of a connection consists of: `open` (the path of an rpc), or `accepted` in the answer, then any
 * number of `data`, then `end`. Instead of anything, the server may send `failed`: a byte with the code of a gRPC
 * status, and its message.
 *
 * TLS has an end of its own, close_notify (RFC 8446, 6.1), but Node (24) emits `end` for that and for the end of TCP
 * alike, which anyone on the network can cause. So a connection that ends without `end` or `failed` was cut off.
 */
export const kinds = { open: 1, accepted: 2, data: 3, end: 4, failed: 5 } as const;
type Kind = (typeof kinds)[keyof typeof kinds];

/** A byte for the kind, and four for the length, big-endian. */
export const headerBytes = 5;
/** How much of a record of data is kept until all of it has come: as much as sockets are read at once. */
const dataMax = 64 * 1024;
/** In how many parts: a part costs much more than its bytes, and a peer may send single bytes. */
const partsMax = 16;
/** The maximum length of a record that is not `data`. */
export const controlMax = 4 * 1024;

/** The header of a record. */
export function recordHeader(kind: Kind, length: number): Buffer {
  const header = Buffer.allocUnsafe(headerBytes);
  header[0] = kind;
  header.writeUInt32BE(length, 1);
  return header;
}

/** A record with a short payload. */
export function controlRecord(kind: Kind, payload: Buffer = Buffer.alloc(0)): Buffer {
  return Buffer.concat([recordHeader(kind, payload.length), payload]);
}

export const failedRecord = (code: number, message: string): Buffer =>
  controlRecord(kinds.failed, Buffer.concat([Buffer.from([code]), Buffer.from(message)]));

/** Receives the records of the peer, in order. */
export interface RecordEvents {
  /** Whether more may be read now; looked at before each record, and before each part of one. */
  readonly isReading: boolean;
  onOpen(path: string): void;
  onAccepted(): void;
  /**
   * A record of data, or a part of it that has at least 64 KiB: TLS brings pieces of 16 KiB, and to write each of them
   * costs more than a copy.
   */
  onData(bytes: Buffer): void;
  onEnd(): void;
  onFailed(code: number, message: string): void;
}

/** The error of a peer that sends what it may not. */
export const violation = (problem: string): GivcError =>
  new GivcError('INTERNAL', `the peer violates the protocol ${socketProtocol}: ${problem}`);

/** The record that is being read. */
type State =
  | { readonly state: 'header'; readonly bytes: Buffer; length: number }
  | { readonly state: 'data'; left: number; readonly parts: Buffer[]; kept: number }
  | { readonly state: 'control'; readonly kind: Kind; readonly bytes: Buffer; length: number }
  | { readonly state: 'over' };

const atHeader = (): State => ({ state: 'header', bytes: Buffer.alloc(headerBytes), length: 0 });

/** Reads one direction of a connection, in chunks of any size. */
export class RecordReader {
  #state: State = atHeader();
  #isBegun = false;

  /** `first` is the record that the direction begins with. */
  constructor(
    private readonly first: 'open' | 'accepted',
    private readonly events: RecordEvents,
  ) {}

  /**
   * Returns what is left of the chunk when the events read no more. Throws INTERNAL for a violation of the protocol.
   */
  read(chunk: Buffer): Buffer | undefined {
    for (let at = 0; at < chunk.length;) {
      if (!this.events.isReading) return chunk.subarray(at);
      at += this.#readPart(chunk, at);
    }
    return undefined;
  }

  /** Returns how many bytes were read, at least one. */
  #readPart(chunk: Buffer, at: number): number {
    const state = this.#state;
    switch (state.state) {
      case 'data': {
        const part = chunk.subarray(at, at + state.left);
        state.left -= part.length;
        state.kept += part.length;
        state.parts.push(part);
        if (state.left > 0 && state.kept < dataMax && state.parts.length < partsMax) return part.length;
        this.#state = state.left > 0 ? { ...state, parts: [], kept: 0 } : atHeader();
        this.events.onData(state.parts.length > 1 ? Buffer.concat(state.parts) : part);
        return part.length;
      }
      case 'header':
      case 'control': {
        const copied = chunk.copy(state.bytes, state.length, at);
        state.length += copied;
        if (state.length < state.bytes.length) return copied;
        if (state.state === 'header') this.#begin(state.bytes[0]!, state.bytes.readUInt32BE(1));
        else this.#end(state.kind, state.bytes);
        return copied;
      }
      case 'over':
        throw violation('more after the end');
    }
  }

  #begin(kind: number, length: number): void {
    if (!this.#isExpected(kind)) throw violation(`a record of kind ${kind}`);
    this.#isBegun = true;
    if (kind === kinds.data) {
      // It has no effect, so that a peer could send any number without waiting for anyone.
      if (length === 0) throw violation('a record of data without data');
      this.#state = { state: 'data', left: length, parts: [], kept: 0 };
      return;
    }
    if (length > controlMax) throw violation(`a record of ${length} bytes`);
    this.#state = { state: 'control', kind, bytes: Buffer.alloc(length), length: 0 };
    if (length === 0) this.#end(kind, Buffer.alloc(0));
  }

  #isExpected(kind: number): kind is Kind {
    if (kind === kinds.failed) return this.first === 'accepted';
    return this.#isBegun ? kind === kinds.data || kind === kinds.end : kind === kinds[this.first];
  }

  #end(kind: Kind, payload: Buffer): void {
    this.#state = kind === kinds.end || kind === kinds.failed ? { state: 'over' } : atHeader();
    switch (kind) {
      case kinds.open:
        return this.events.onOpen(payload.toString('latin1'));
      case kinds.accepted:
        return this.events.onAccepted();
      case kinds.end:
        return this.events.onEnd();
      case kinds.failed:
        if (payload.length === 0) throw violation('a failure without a code');
        return this.events.onFailed(payload[0]!, payload.toString('utf8', 1));
      case kinds.data:
        return;
    }
  }
}
