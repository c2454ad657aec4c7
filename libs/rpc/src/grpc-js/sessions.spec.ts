// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { ServerHttp2Session } from 'node:http2';
import { RawServer } from './raw-server.fixture.js';
import { onSession } from './sessions.js';

describe('the connections of a server of grpc-js', () => {
  it('are handed over before their first call is answered', async () => {
    const raw = new RawServer();
    const sessions: ServerHttp2Session[] = [];
    onSession(raw.server, (session) => sessions.push(session));
    await raw.listen();
    expect(await raw.call()).toBe('echo');
    expect(sessions.map(({ encrypted }) => encrypted)).toEqual([false]);
    raw.close();
  });
});
