// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { closeSync } from 'node:fs';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import type { DescriptorAdopter } from '@givc/native';
import type { SocketCalls } from './socket-calls.js';

/**
 * Resolves once a descriptor can be written or has failed, which for a connection attempt means its end. Node cannot
 * wait for a descriptor itself, and a blocking call would occupy one of four shared threads. So the event loop watches
 * an epoll(7) descriptor as a socket, whose readability is reported as the error of the unsupported read. Rejects when
 * the signal is aborted.
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
