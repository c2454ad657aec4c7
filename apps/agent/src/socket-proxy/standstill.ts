import type { Socket } from 'node:net';

/** How long a peer may read nothing of what is written to it. */
const standstillMs = 5_000;

const takenBy = ({ bytesWritten, writableLength }: Socket): number => bytesWritten - writableLength;

/** Calls `end` once the peer of the socket has read nothing for 5 s. Returns what ends the watch. */
export function onStandstill(socket: Socket, end: () => void): () => void {
  let taken = takenBy(socket);
  const timer = setInterval(() => {
    const before = taken;
    taken = takenBy(socket);
    if (taken !== before) return;
    clearInterval(timer);
    end();
  }, standstillMs);
  return () => clearInterval(timer);
}
