import type { Socket } from 'node:net';
import { GivcError, messageOf } from '@givc/model';
import { errorOfStatus, type socketproxy } from '@givc/rpc';
import { BusHandshake } from './bus-handshake.js';
import { framesAhead } from './frames-ahead.js';
import { heapGrowth } from './heap-growth.js';
import { onStalledReader } from './stalled-reader.js';

type Frame = socketproxy.StreamFrame;

/** Either end of a call: what both streams of grpc-js have in common. */
export interface Frames extends NodeJS.EventEmitter {
  /** Frames that were written and have not gone yet. */
  readonly writableLength: number;
  write(frame: Frame, done?: () => void): boolean;
  end(): void;
  pause(): void;
  resume(): void;
}

const eof: Frame = { Chunk: Buffer.alloc(0), Eof: true };

/** Closes a socket after what was written to it, or after 5 s of a peer that does not read. */
function closeSoon(socket: Socket): void {
  if (socket.destroyed) return;
  socket.once(
    'close',
    onStalledReader(socket, () => socket.destroy()),
  );
  socket.destroySoon();
}

/**
 * Lets a stream read one message ahead of who takes them. grpc-js makes its streams for 16, which with messages of 4 MiB is
 * what a peer could make us hold for each connection; it has no option for that.
 */
function readNoFurtherThanNeeded(frames: Frames): void {
  (frames as unknown as { _readableState: { highWaterMark: number } })._readableState.highWaterMark = 1;
}

/**
 * Joins a socket, which was made with `allowHalfOpen`, and either end of a `TransferData` call. Bytes go both ways in
 * order and as fast as their reader takes them, so that one who does not read makes the other wait. The end of one direction
 * leaves the other open, if `halfCloses` says of the peer that its `Eof` means no more than that. `client` is the end that
 * has asked for the connection: if it speaks D-Bus, its handshake is one of a connection without file descriptors, and
 * `onRejectedUser` is called with the number of a user that the bus does not accept.
 *
 * Resolves when both directions have ended, and with them our side of the call. Rejects with the status of a call that
 * failed, or ABORTED when the socket broke; ending the call is then left to the caller. The socket gets what has arrived
 * for it, and is closed.
 */
export function splice(
  socket: Socket,
  frames: Frames,
  halfCloses: () => boolean,
  client: 'socket' | 'frames',
  onRejectedUser?: (uid: string) => void,
): Promise<void> {
  readNoFurtherThanNeeded(frames);
  const handshake = new BusHandshake(onRejectedUser);
  const mayWrite = (): boolean => frames.writableLength < framesAhead.limit;
  const send = (bytes: Buffer): boolean => {
    if (bytes.length > 0)
      frames.write({ Chunk: bytes, Eof: false }, () => {
        if (mayWrite()) socket.resume();
      });
    return mayWrite();
  };
  const leave = framesAhead.begin();
  const give = (bytes: Buffer): boolean => bytes.length === 0 || !socket.writable || socket.write(bytes);
  return new Promise((resolve, reject) => {
    let isOutEnded = false;
    let isInEnded = false;
    let isSocketAtEnd = false;
    let isSettled = false;
    let failure: GivcError | undefined;

    const settle = (error?: GivcError) => {
      if (isSettled) return;
      isSettled = true;
      leave();
      stopLingering?.();
      closeSoon(socket);
      if (error) return reject(error);
      if (!isOutEnded) frames.write(eof);
      frames.end();
      resolve();
    };
    let stopLingering: (() => void) | undefined;
    const endIfBothHave = () => {
      if (isOutEnded && isInEnded) settle(failure);
    };

    const fromClient = (bytes: Buffer): Buffer => {
      try {
        return handshake.fromClient(bytes);
      } catch (error) {
        settle(error as GivcError);
        return Buffer.alloc(0);
      }
    };
    socket.on('data', (bytes) => {
      heapGrowth.carried(bytes.length);
      if (client === 'frames') give(handshake.fromBus(bytes));
      if (!send(client === 'socket' ? fromClient(bytes) : bytes)) socket.pause();
    });
    socket.once('end', () => {
      isSocketAtEnd = true;
      if (client === 'socket') send(handshake.end());
      frames.write(eof, () => {
        isOutEnded = true;
        endIfBothHave();
      });
    });
    socket.on('error', (cause) => {
      failure ??= new GivcError('ABORTED', `the socket broke: ${messageOf(cause)}`, { cause });
      // Nobody reads here any more, but what was read before has still to go out.
      isInEnded = true;
      frames.resume();
      if (isSocketAtEnd) endIfBothHave();
      else settle(failure);
    });

    const endIn = () => {
      if (isInEnded) return;
      isInEnded = true;
      if (client === 'frames') give(handshake.end());
      if (!halfCloses()) return settle(failure);
      socket.end();
      endIfBothHave();
    };
    frames.on('data', ({ Chunk, Eof }: Frame) => {
      heapGrowth.carried(Chunk.length);
      if (client === 'socket') send(handshake.fromBus(Chunk));
      if (!give(client === 'frames' ? fromClient(Chunk) : Chunk)) frames.pause();
      if (Eof) endIn();
    });
    socket.on('drain', () => frames.resume());
    frames.once('end', () => {
      if (failure) settle(failure);
      else endIn();
    });
    frames.on('error', (cause: Error) => {
      failure ??= cause instanceof GivcError ? cause : errorOfStatus(cause);
      // What has arrived before is still to be taken; then comes the end.
      if (!isSettled) stopLingering ??= onStalledReader(socket, () => settle(failure));
    });
    frames.once('close', () => settle(failure ?? new GivcError('CANCELLED', 'the peer has hung up')));
  });
}
