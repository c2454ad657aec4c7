// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { RawServer } from './raw-server.fixture.js';
import { interceptStreams } from './streams.js';

describe('the streams of a server of grpc-js', () => {
  it('are handed over before grpc-js, which handles those that are passed on', async () => {
    const raw = new RawServer();
    const events: string[] = [];
    interceptStreams(raw.server, (stream, handle) => {
      events.push(typeof stream.id);
      if (events.length === 1) stream.respond({ ':status': 200, 'grpc-status': 7 }, { endStream: true });
      else handle();
    });
    await raw.listen();
    await expect(raw.call()).rejects.toMatchObject({ code: 7 });
    expect(await raw.call()).toBe('echo');
    expect(events).toEqual(['number', 'number']);
    raw.close();
  });
});
