// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { ServerHttp2Session } from 'node:http2';

/** The size of a frame of HTTP/2; a smaller window would cost more than it saves. */
const smallest = 16 * 1024;

/** The largest power of two with which this number of streams has at most this number of bytes. */
function windowOf(bytes: number, streams: number): number {
  let window = bytes;
  while (window * streams > bytes && window > smallest) window /= 2;
  return Math.max(window, smallest);
}

/**
 * Divides the window among the streams of a connection. Changes are announced by SETTINGS (RFC 9113, 6.9.2), one at a
 * time, because Node closes a connection with too many unacknowledged ones. A window grows at most twofold at a time,
 * because streams that open before a smaller window reaches the peer may use the larger one.
 */
function shareWindow(session: ServerHttp2Session, bytes: number): void {
  let streams = 0;
  let window = smallest;
  let isAnnouncing = false;
  const announce = (): void => {
    const next = Math.min(windowOf(bytes, streams), window * 2);
    if (next === window || isAnnouncing || session.destroyed || session.closed) return;
    window = next;
    isAnnouncing = true;
    session.settings({ initialWindowSize: next }, () => {
      isAnnouncing = false;
      announce();
    });
  };
  session.on('stream', (stream) => {
    streams++;
    announce();
    stream.once('close', () => {
      streams--;
      if (streams > 0) announce();
    });
  });
}

/** The setting of HTTP/2 with which a connection of limited windows begins. */
export const firstWindow = { initialWindowSize: smallest };

/**
 * Limits the bytes in flight on a connection (RFC 9113, 5.2), which begins with `firstWindow`: `bytes` in total, but at
 * least 16 KiB for each stream (Node: 64 KiB). A peer with many streams and slow readers has to wait then.
 */
export function limitWindows(session: ServerHttp2Session, bytes: number): void {
  session.setLocalWindowSize(bytes);
  shareWindow(session, bytes);
}
