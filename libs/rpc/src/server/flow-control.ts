// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { ServerHttp2Session } from 'node:http2';
import type { Server } from '@grpc/grpc-js';
import { addHttp2Settings } from '../grpc-js/http2-settings.js';
import { onSession } from '../grpc-js/sessions.js';

/** Less would cost more than it saves: it is a frame of HTTP/2. */
const smallest = 16 * 1024;

/** The largest power of two with which so many streams together have at most so many bytes. */
function windowOf(bytes: number, streams: number): number {
  let window = bytes;
  while (window * streams > bytes && window > smallest) window /= 2;
  return Math.max(window, smallest);
}

/**
 * Has the streams of a connection share what one stream alone may have: a change is announced by SETTINGS (RFC 9113, 6.9.2), one
 * after the other, because Node ends a connection with too many that are not acknowledged.
 */
function shareWindow(session: ServerHttp2Session, bytes: number): void {
  let streams = 0;
  let window = bytes;
  let isAnnouncing = false;
  const announce = (): void => {
    const wanted = windowOf(bytes, streams);
    if (wanted === window || isAnnouncing || session.destroyed || session.closed) return;
    window = wanted;
    isAnnouncing = true;
    session.settings({ initialWindowSize: wanted }, () => {
      isAnnouncing = false;
      announce();
    });
  };
  session.on('stream', (stream) => {
    streams++;
    announce();
    stream.once('close', () => {
      streams--;
      announce();
    });
  });
}

/**
 * How many bytes the streams of each connection of a server may have on their way before their readers have taken them
 * (RFC 9113, 5.2), all together, but at least 16 KiB each; Node has 64 KiB for each. So a peer with many streams whose
 * readers are slow has them wait, instead of more bytes than it may have. Call this before
 * the server listens.
 */
export function setWindows(server: Server, bytes: number): void {
  addHttp2Settings(server, { initialWindowSize: bytes });
  onSession(server, (session) => {
    session.setLocalWindowSize(bytes);
    shareWindow(session, bytes);
  });
}
