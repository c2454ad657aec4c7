import type { Socket } from 'node:net';
import { Timeout } from '@givc/time';

/** How long a peer may read nothing of what is written to it. */
const standstillMs = 5_000;

const takenBy = ({ bytesWritten, writableLength }: Socket): number => bytesWritten - writableLength;

/** Calls `end` once the peer of the socket has read nothing for 5 s. Returns what ends the watch. */
export function onStalledReader(socket: Socket, end: () => void): () => void {
  let timeout: Timeout;
  const watch = (taken: number) => {
    timeout = new Timeout(standstillMs, () => {
      const now = takenBy(socket);
      if (now === taken) end();
      else watch(now);
    });
  };
  watch(takenBy(socket));
  return () => timeout.cancel();
}
