// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { once } from 'node:events';
import { connect } from 'node:http2';
import { addHttp2Settings } from './http2-settings.js';
import { RawServer } from './raw-server.fixture.js';

describe('the settings of a server of grpc-js', () => {
  it('are sent to its peers with the added ones', async () => {
    const raw = new RawServer();
    addHttp2Settings(raw.server, { initialWindowSize: 123_456 });
    addHttp2Settings(raw.server, { maxHeaderListSize: 7_890 });
    await raw.listen();
    const session = connect(`http://127.0.0.1:${raw.port}`);
    await once(session, 'remoteSettings');
    expect(session.remoteSettings).toMatchObject({ initialWindowSize: 123_456, maxHeaderListSize: 7_890 });
    session.destroy();
    raw.close();
  });
});
