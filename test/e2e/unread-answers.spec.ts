// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { once } from 'node:events';
import { constants, type ClientHttp2Session, type ClientHttp2Stream } from 'node:http2';
import { connect } from 'node:tls';
import type { ServerLimits } from '@givc/rpc';
import { services } from '@givc/rpc';
import { TestSystem } from '@givc/testing';
import { closed } from '../support/closed.js';
import { callFields, flag, frame, headerBlock, preface, type } from '../support/http2-frames.js';
import { framed, rawSession } from '../support/raw-call.js';

const { queryList } = services['admin.AdminService'];
const { watch } = services['grpc.health.v1.Health'];

describe('a caller that does not read', () => {
  let system: TestSystem;
  const sessions: ClientHttp2Session[] = [];

  const start = async (limits: Partial<ServerLimits> = {}) => (system = await TestSystem.start({ limits }));
  afterEach(async () => {
    for (const session of sessions.splice(0)) session.destroy();
    await system.close();
  });

  const connectAs = async (name: string): Promise<ClientHttp2Session> => {
    const session = await rawSession(system.admin.endpoint, system.material(name)!);
    sessions.push(session);
    return session;
  };
  const call = (session: ClientHttp2Session, path: string): ClientHttp2Stream => {
    const stream = session.request({
      ...{ [constants.HTTP2_HEADER_METHOD]: 'POST', [constants.HTTP2_HEADER_PATH]: path },
      ...{ 'content-type': 'application/grpc', te: 'trailers' },
    });
    stream
      .on('error', () => undefined)
      .resume()
      .end(framed(new Uint8Array()));
    return stream;
  };
  /** Resolves when the server has read everything that was sent before, and has sent its answers. */
  const read = (session: ClientHttp2Session) => new Promise<void>((resolve) => void session.ping(() => resolve()));
  const expectAdminAnswers = () => expect(system.client('cli').queryList()).resolves.toHaveProperty('List');

  it('gets its next answer only when it has read the previous one, over all its connections', async () => {
    await start({ unreadBytesOfPeer: 1 });
    const [one, other] = [await connectAs('evil-vm'), await connectAs('evil-vm')];
    for (const session of [one, other])
      await new Promise<void>((resolve) => session.settings({ initialWindowSize: 0 }, () => resolve()));
    const answered: number[] = [];
    const streams = [one, other, one].map((session) => call(session, queryList.path));
    streams.forEach((stream, index) => stream.once('response', () => answered.push(index)));
    await Promise.race(streams.map((stream) => once(stream, 'response')));
    await Promise.all([one, other].map(read));
    expect(answered).toHaveLength(1);
    await expectAdminAnswers();
    for (const session of [one, other]) session.settings({ initialWindowSize: 65_535 });
    await Promise.all(streams.map((stream) => once(stream, 'close')));
    expect(answered.sort()).toEqual([0, 1, 2]);
  });

  it('loses the connection that opens too many streams', async () => {
    await start({ openStreamsOfPeer: 3 });
    const [one, other] = [await connectAs('evil-vm'), await connectAs('evil-vm')];
    const kept = [one, one, other].map((session) => call(session, watch.path));
    await Promise.all(kept.map((stream) => once(stream, 'response')));
    call(other, '/no.Service/Rpc');
    await once(other, 'close');
    await read(one);
    expect(kept.slice(0, 2).map(({ closed }) => closed)).toEqual([false, false]);
    await expectAdminAnswers();
  });

  it('has a limited number of connections, so that others can connect', async () => {
    await start({ connections: 4 });
    const connections = [await connectAs('evil-vm'), await connectAs('evil-vm')];
    const third = await connectAs('evil-vm');
    if (!third.closed) await once(third, 'close');
    await Promise.all(connections.map(read));
    await expectAdminAnswers();
  });
});

describe('a call whose headers are long', () => {
  let system: TestSystem;
  beforeEach(async () => {
    system = await TestSystem.start();
  });
  afterEach(() => system.close());

  it('is rejected, and one with 6 KiB is served', async () => {
    const channel = system.channel(system.admin, 'a-vm');
    const ask = (length: number) => channel.unary(queryList, {}, { metadata: { long: 'a'.repeat(length) } });
    await expect(ask(6_000)).resolves.toEqual({ List: [] });
    await expect(ask(9_000)).rejects.toMatchObject({ reason: 'RESOURCE_EXHAUSTED' });
  });

  it('is rejected also when the caller does not acknowledge the limit', async () => {
    const { address } = system.admin.endpoint;
    if (address.protocol !== 'tcp') throw new Error('the test needs a port');
    const { host, port } = address;
    const socket = connect({
      host,
      port,
      ...system.material('evil-vm'),
      servername: 'admin-vm',
      ALPNProtocols: ['h2'],
    });
    await once(socket, 'secureConnect');
    const received: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => received.push(chunk)).on('error', () => undefined);
    const fields = headerBlock([...callFields(watch.path), ['long', 'a'.repeat(9_000)]]);
    const begin = frame(type.headers, flag.endHeaders, 1, fields);
    socket.write(Buffer.concat([preface, frame(type.settings, 0, 0, Buffer.alloc(0)), begin]));
    const calm = frame(type.rstStream, 0, 1, Buffer.from([0, 0, 0, constants.NGHTTP2_ENHANCE_YOUR_CALM]));
    while (!Buffer.concat(received).includes(calm)) await once(socket, 'data');
    socket.destroy();
    await closed(socket);
  });
});
