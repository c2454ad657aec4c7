// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { Socket } from 'node:net';
import { Readable } from 'node:stream';
import { GivcError, messageOf } from '@givc/model';
import { errorOfStatus, limitReadAhead } from '@givc/rpc';
import { BusHandshake } from './bus-handshake.js';
import { BytePump, type ByteEnd, type ByteFilter } from './byte-pump.js';
import { framesAhead } from './frames-ahead.js';
import { onStalledReader } from './stalled-reader.js';
import { eof, type Frame, type Frames } from './transfer-call.js';

/** The properties of the two ends of a splice. */
export interface SpliceOptions {
  /** The end that has opened the connection. If it uses D-Bus, its handshake is changed by `BusHandshake`. */
  readonly client: 'socket' | 'frames';
  /** Whether the peer's `Eof` ends one direction only. */
  readonly halfCloses: () => boolean;
  /** Called with the number of a user that the bus does not accept. */
  readonly onRejectedUser?: (uid: string) => void;
}

const socketEnd = (socket: Socket): ByteEnd => ({
  pause: () => socket.pause(),
  resume: () => socket.resume(),
  write: (bytes) => !socket.writable || socket.write(bytes),
  drained: (resume) => socket.on('drain', resume),
  end(done) {
    socket.end();
    done();
  },
});

/** At most as many frames are buffered as `framesAhead` permits for each connection. */
function framesEnd(frames: Frames): ByteEnd {
  const hasRoom = () => frames.writableLength < framesAhead.limit;
  let onDrained: () => void = () => undefined;
  return {
    pause: () => frames.pause(),
    resume: () => frames.resume(),
    write(bytes) {
      frames.write({ Chunk: bytes, Eof: false }, () => {
        if (hasRoom()) onDrained();
      });
      return hasRoom();
    },
    drained: (resume) => (onDrained = resume),
    end: (done) => frames.write(eof, done),
  };
}

/** Closes a socket after its peer has read what was written to it, or after 5 s in which it reads nothing. */
function closeSoon(socket: Socket): void {
  if (socket.destroyed) return;
  socket.once(
    'close',
    onStalledReader(socket, () => socket.destroy()),
  );
  socket.destroySoon();
}

/** The two directions between a socket and a call, with the filter of D-Bus between the client and the bus. */
function directions(socket: Socket, frames: Frames, { client, onRejectedUser }: SpliceOptions) {
  const [socketSide, framesSide] = [socketEnd(socket), framesEnd(frames)];
  const [clientSide, busSide] = client === 'socket' ? [socketSide, framesSide] : [framesSide, socketSide];
  const handshake = new BusHandshake(onRejectedUser);
  const toBus = new BytePump(clientSide, busSide, {
    pass: (bytes) => handshake.fromClient(bytes),
    end: () => handshake.end(),
  });
  const answers: ByteFilter = {
    pass(bytes) {
      toBus.insert(handshake.fromBus(bytes));
      return bytes;
    },
    end: () => Buffer.alloc(0),
  };
  const toClient = new BytePump(busSide, clientSide, answers);
  return client === 'socket' ? { outgoing: toBus, incoming: toClient } : { outgoing: toClient, incoming: toBus };
}

type SpliceState =
  | { readonly state: 'open' }
  /** The splice fails with this error once the earlier bytes are delivered, or their reader stalls. */
  | { readonly state: 'failing'; readonly error: GivcError; readonly stopWatching?: () => void }
  | { readonly state: 'settled' };

/**
 * Joins a socket, which was made with `allowHalfOpen`, and either end of a `TransferData` call. Bytes go both ways in
 * order and as fast as their reader reads, so that a reader that stalls makes the other end wait. The end of one
 * direction leaves the other open if the peer supports that.
 *
 * Resolves when both directions have ended, and with them our side of the call. Rejects with the status of a call that
 * failed, or ABORTED when the socket broke; ending the call is then left to the caller. The socket gets the bytes that
 * have arrived for it, and is closed.
 */
export function splice(socket: Socket, frames: Frames, options: SpliceOptions): Promise<void> {
  // A message may have 4 MiB, and is buffered for each connection whose socket does not accept it.
  if (frames instanceof Readable) limitReadAhead(frames, 1);
  const leave = framesAhead.begin();
  const { outgoing, incoming } = directions(socket, frames, options);
  return new Promise((resolve, reject) => {
    let state: SpliceState = { state: 'open' };
    const setState = (next: SpliceState) => (state = next);

    const settle = (error?: GivcError) => {
      if (state.state === 'settled') return;
      if (state.state === 'failing') state.stopWatching?.();
      const isEofSent = outgoing.state === 'ended';
      setState({ state: 'settled' });
      leave();
      closeSoon(socket);
      if (error) return reject(error);
      if (!isEofSent) frames.write(eof);
      frames.end();
      resolve();
    };
    const settleAsIs = () => settle(state.state === 'failing' ? state.error : undefined);
    const settleIfEnded = () => {
      if (outgoing.state === 'ended' && incoming.state === 'ended') settleAsIs();
    };
    /** The first error is the one that the splice fails with. */
    const fail = (error: GivcError) => {
      if (state.state === 'open') setState({ state: 'failing', error });
    };
    const pass = (direction: BytePump, bytes: Buffer) => {
      try {
        direction.pass(bytes);
      } catch (error) {
        settle(error as GivcError);
      }
    };
    const endIncoming = () => incoming.end(() => (options.halfCloses() ? settleIfEnded() : settleAsIs()));

    socket.on('data', (bytes) => pass(outgoing, bytes));
    socket.once('end', () => outgoing.end(settleIfEnded));
    socket.on('error', (cause) => {
      const wasEnding = outgoing.state !== 'flowing';
      fail(new GivcError('ABORTED', `the socket broke: ${messageOf(cause)}`, { cause }));
      incoming.abandon();
      // The bytes that were sent before the end must still be delivered.
      if (wasEnding) settleIfEnded();
      else settleAsIs();
    });
    frames.on('data', ({ Chunk, Eof }: Frame) => {
      pass(incoming, Chunk);
      if (Eof) endIncoming();
    });
    frames.once('end', () => {
      if (state.state === 'failing') settleAsIs();
      else endIncoming();
    });
    frames.on('error', (cause: Error) => {
      fail(cause instanceof GivcError ? cause : errorOfStatus(cause));
      // The socket still gets the bytes that have arrived; the end of the call follows them.
      if (state.state === 'failing' && !state.stopWatching)
        setState({ ...state, stopWatching: onStalledReader(socket, settleAsIs) });
    });
    frames.once('close', () => {
      fail(new GivcError('CANCELLED', 'the peer has hung up'));
      settleAsIs();
    });
    frames.resume();
  });
}
