// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { once } from 'node:events';
import type { ServerHttp2Session } from 'node:http2';
import { fixPeer } from './fixed-peer.js';
import type { InterceptedCall } from './intercepted-call.js';
import { RawServer } from './raw-server.fixture.js';
import { onSession } from './sessions.js';

describe('the peer of a call', () => {
  /** The facts that a call reports when its connection has ended. */
  async function peerAfterwards(fix: (...args: Parameters<typeof fixPeer>) => InterceptedCall): Promise<string> {
    let call!: InterceptedCall;
    const raw = new RawServer((method, intercepted) => (call = fix(method, intercepted)));
    let session!: ServerHttp2Session;
    onSession(raw.server, (opened) => (session = opened));
    await raw.listen();
    await raw.call();
    const closed = once(session, 'close');
    session.destroy();
    await closed;
    raw.close();
    return call.getPeer();
  }

  it('is known after its connection has ended', async () => {
    expect(await peerAfterwards((...args) => fixPeer(...args))).toMatch(/^127\.0\.0\.1:[0-9]+$/);
  });

  it('is forgotten by grpc-js itself, which makes this necessary', async () => {
    expect(await peerAfterwards((_, call) => call as InterceptedCall)).not.toContain('127.0.0.1');
  });
});
