// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { Http2Session } from 'node:http2';
import { Timeout } from '@givc/time';

export interface Keepalive {
  readonly everyMs: number;
  readonly answerMs: number;
}

/**
 * Pings a connection at an interval after the previous answer, and destroys it when an answer takes too long. `Timeout`
 * measures that, because after a freeze of this process or of the peer the answer may only be late.
 */
export function keepAlive(session: Http2Session, { everyMs, answerMs }: Keepalive): void {
  let timer: NodeJS.Timeout;
  let answer: Timeout | undefined;
  const wait = () => (timer = setTimeout(ping, everyMs).unref());
  const ping = () => {
    if (session.destroyed) return;
    answer = new Timeout(answerMs, () => session.destroy(), { unref: true });
    const isSent = session.ping((error) => {
      answer?.cancel();
      if (error) session.destroy();
      else wait();
    });
    if (!isSent) session.destroy();
  };
  wait();
  session.once('close', () => {
    clearTimeout(timer);
    answer?.cancel();
  });
}
