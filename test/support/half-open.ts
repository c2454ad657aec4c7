// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/**
 * Runs the work while this many handshakes are half open: connections whose caller has begun TLS and sends nothing
 * more.
 */
export async function amidHalfOpen<T>(
  port: number,
  host: string,
  work: (halves: readonly Socket[]) => Promise<T>,
  count = 1_000,
): Promise<T> {
  const halves = Array.from({ length: count }, () =>
    connect(port, host)
      .on('error', () => undefined)
      .resume(),
  );
  try {
    await Promise.all(halves.map((half) => once(half, 'connect')));
    for (const half of halves) half.write(Buffer.from([0x16, 0x03, 0x01]));
    return await work(halves);
  } finally {
    for (const half of halves) half.destroy();
  }
}
