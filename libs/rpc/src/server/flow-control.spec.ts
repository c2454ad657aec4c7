// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect as connectHttp2, constants, type ClientHttp2Session, type Settings } from 'node:http2';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rpcsHandledBy } from './handled-rpcs.fixture.js';
import { SocketTransport } from './socket-transport.js';

const { NGHTTP2_CANCEL } = constants;

describe('the windows of a server', () => {
  let folder: string;
  let path: string;
  let transport: SocketTransport;
  let session: ClientHttp2Session;

  /** The windows of a client for a stream and for the connection, in bytes. */
  async function windows(windowBytes?: number): Promise<(number | undefined)[]> {
    const listen = [{ protocol: 'unix', path }] as const;
    transport = new SocketTransport({ listen, tls: undefined, ...(windowBytes && { windowBytes }) });
    await transport.open(rpcsHandledBy({ '/grpc.health.v1.Health/Check': () => undefined }));
    session = connectHttp2('http://localhost', { createConnection: () => connect(path) });
    const [{ initialWindowSize }] = (await once(session, 'remoteSettings')) as [Settings];
    // Everything that the server sent before its answer has arrived with it.
    await new Promise<void>((resolve) => void session.ping(() => resolve()));
    return [initialWindowSize, session.state.remoteWindowSize];
  }

  /** The windows that the client receives from now on, and what opens one more stream. */
  function announced() {
    const received: (number | undefined)[] = [];
    let wake = () => undefined as void;
    session.on('remoteSettings', ({ initialWindowSize }: Settings) => {
      received.push(initialWindowSize);
      wake();
    });
    const until = async (window: number) => {
      while (received.at(-1) !== window) await new Promise<void>((resolve) => (wake = resolve));
    };
    const open = () =>
      session
        .request({ ':method': 'POST', ':path': '/grpc.health.v1.Health/Check', 'content-type': 'application/grpc' })
        .on('error', () => undefined);
    return { received, until, open };
  }

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'givc-'));
    path = join(folder, 'socket');
  });
  afterEach(async () => {
    session.destroy();
    await transport.close();
    rmSync(folder, { recursive: true });
  });

  it('are those of HTTP/2 by default', async () => {
    expect(await windows()).toEqual([65_535, 65_535]);
  });

  it('have 16 KiB for each stream at first, and the configured size for each connection', async () => {
    expect(await windows(1_048_576)).toEqual([16_384, 1_048_576]);
  });

  it('double for a stream that is alone until they have the configured size', async () => {
    await windows(131_072);
    const { received, until, open } = announced();
    open();
    await until(131_072);
    expect(received).toEqual([32_768, 65_536, 131_072]);
  });

  it('have doubled once at most when streams arrive together', async () => {
    await windows(1_048_576);
    const { received, until, open } = announced();
    for (let opened = 0; opened < 100; opened++) open();
    await until(16_384);
    expect(received).toEqual([32_768, 16_384]);
  });

  it('are shared by the streams of a connection, and belong to one stream again when the others have ended', async () => {
    await windows(1_048_576);
    const { until, open } = announced();
    const streams = [open()];
    await until(1_048_576);
    for (const window of [524_288, 262_144]) {
      while (streams.length < 1_048_576 / window) streams.push(open());
      await until(window);
    }
    while (streams.length < 200) streams.push(open());
    await until(16_384);
    for (const stream of streams.slice(1)) stream.close(NGHTTP2_CANCEL);
    await until(1_048_576);
  });
});
