// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Http2Server, type ServerHttp2Session } from 'node:http2';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseVmName } from '@givc/model';
import { GrpcDialer } from './dialer.js';
import { RpcChannel } from './rpc-channel.js';

describe('a connection that is dialled', () => {
  let folder: string;
  let server: Http2Server;
  let channel: RpcChannel;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'givc-'));
    server = createServer();
    server.listen(join(folder, 'socket'));
    await once(server, 'listening');
  });
  afterEach(() => {
    channel.close();
    server.close();
    rmSync(folder, { recursive: true });
  });

  /** The windows of a server for a stream and for the connection, in bytes. */
  async function windows(options: { readonly windowBytes?: number }): Promise<(number | undefined)[]> {
    const address = { protocol: 'unix', path: join(folder, 'socket') } as const;
    channel = new RpcChannel({ name: parseVmName('name', 'net-vm'), address }, new GrpcDialer(undefined), options);
    channel.keepConnected();
    const [session] = (await once(server, 'session')) as [ServerHttp2Session];
    await once(session, 'remoteSettings');
    await new Promise<void>((resolve) => void session.ping(() => resolve()));
    return [session.remoteSettings.initialWindowSize, session.state.remoteWindowSize];
  }

  it('has the windows of HTTP/2 by default', async () => {
    expect(await windows({})).toEqual([65_535, 65_535]);
  });

  it('has windows of the configured sizes, for each call and in total', async () => {
    const [ofCall, ofConnection] = await windows({ windowBytes: 1_048_576 });
    expect([ofCall, ofConnection]).toEqual([1_048_576, 1_048_576]);
  });
});
