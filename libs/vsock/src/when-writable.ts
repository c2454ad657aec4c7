// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { closeSync } from 'node:fs';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import type { DescriptorAdopter } from '@givc/native';
import type { SocketCalls } from './socket-calls.js';

/**
 * Resolves once a descriptor can be written or has failed, which for a connection that is being made is when that has
 * ended. Node cannot wait for a descriptor by itself, and a thread that blocks would be one of the four that everything
 * shares; so the event loop watches a descriptor of epoll(7) as a socket, and "can be read" arrives as the error of a
 * read that epoll(7) does not have. Rejects when the signal is aborted.
 */
export async function whenWritable(
  calls: SocketCalls,
  adopter: DescriptorAdopter,
  fd: number,
  signal: AbortSignal,
): Promise<void> {
  const epoll = calls.epollWritable(fd);
  let watched: Socket;
  try {
    watched = adopter.socket(epoll);
  } finally {
    closeSync(epoll);
  }
  const closed = new Promise((resolve) => watched.once('close', resolve));
  try {
    await once(watched, 'readable', { signal }).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EINVAL') throw error;
    });
  } finally {
    watched.destroy();
    await closed;
  }
}
