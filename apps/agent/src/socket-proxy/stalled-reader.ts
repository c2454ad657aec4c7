// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { Socket } from 'node:net';
import { Timeout } from '@givc/time';

/** The time limit for a peer that reads nothing while bytes are waiting for it. */
const stallMs = 5_000;

const readBy = ({ bytesWritten, writableLength }: Socket): number => bytesWritten - writableLength;

/** Calls `end` once the peer of the socket has read nothing for 5 s. Returns a function that ends the watch. */
export function onStalledReader(socket: Socket, end: () => void): () => void {
  let timeout: Timeout;
  const watch = (readBefore: number) => {
    timeout = new Timeout(stallMs, () => {
      const now = readBy(socket);
      if (now === readBefore) end();
      else watch(now);
    });
  };
  watch(readBy(socket));
  return () => timeout.cancel();
}
