// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { once } from 'node:events';
import { constants, type ClientHttp2Session, type ClientHttp2Stream, type IncomingHttpHeaders } from 'node:http2';
import { status } from '@grpc/grpc-js';
import { services } from '@givc/rpc';
import { TestSystem, tlsMaterial } from '@givc/testing';
import { framed, openCall, rawSession } from '../support/raw-call.js';

const { queryList, startApplication } = services['admin.AdminService'];
const { report } = services['report.Reports'];
const { serverReflectionInfo } = services['grpc.reflection.v1.ServerReflection'];
const kibibyte = 1024;

/** The beginning of a message of this size, with its first bytes. */
const begun = (length: number, sent: number): Buffer => framed(Buffer.alloc(length)).subarray(0, 5 + sent);

interface Ended {
  readonly code: number;
  readonly message: string;
}

/** A call whose messages can be left unfinished. */
class OpenCall {
  /** Resolves when the server has ended the stream, with the status that it sent. */
  readonly ended: Promise<Ended>;
  isEnded = false;

  constructor(readonly stream: ClientHttp2Stream) {
    let headers: IncomingHttpHeaders = {};
    const take = (more: IncomingHttpHeaders) => (headers = { ...headers, ...more });
    stream
      .on('response', take)
      .on('trailers', take)
      .on('error', () => undefined)
      .resume();
    this.ended = once(stream, 'close').then(() => {
      this.isEnded = true;
      return {
        code: Number(headers['grpc-status']),
        message: decodeURI(String(headers['grpc-message'])),
      };
    });
  }

  static begin(session: ClientHttp2Session, path: string, bytes?: Buffer): OpenCall {
    const stream = openCall(session, path);
    if (bytes) stream.write(bytes);
    return new OpenCall(stream);
  }
}

const refused = (code: status, message: RegExp) => ({ code, message: expect.stringMatching(message) });

describe('a caller that does not finish its messages', () => {
  let system: TestSystem;
  const sessions: ClientHttp2Session[] = [];

  afterEach(async () => {
    for (const session of sessions.splice(0)) session.destroy();
    await system.close();
  });

  const connect = async (name: string): Promise<ClientHttp2Session> => {
    const session = await rawSession(system.admin.endpoint, system.material(name)!);
    sessions.push(session);
    return session;
  };
  const answers = () => expect(system.client('cli').queryList()).resolves.toHaveProperty('List');
  /** Resolves when the server has read everything that was sent before. */
  const read = (session: ClientHttp2Session) => new Promise<void>((resolve) => void session.ping(() => resolve()));

  it('is counted from the opening of each call to its end, also without a request', async () => {
    system = await TestSystem.start({ limits: { openCallsOfPeer: 2 } });
    const [one, other] = [await connect('evil-vm'), await connect('evil-vm')];
    const silent = [OpenCall.begin(one, queryList.path), OpenCall.begin(other, queryList.path)];
    await Promise.all([one, other].map(read));
    await expect(OpenCall.begin(one, queryList.path).ended).resolves.toEqual(
      refused(status.RESOURCE_EXHAUSTED, /^too many open calls: at most 2 of one caller/),
    );
    expect(await system.admin.record.next('RESOURCE_EXHAUSTED')).toMatchObject({
      peer: 'evil-vm',
      rpc: queryList.path,
    });
    await answers();
    silent[0]!.stream.close(constants.NGHTTP2_CANCEL);
    await silent[0]!.ended;
    await read(one);
    const again = OpenCall.begin(one, queryList.path);
    again.stream.end(framed(new Uint8Array()));
    await expect(again.ended).resolves.toMatchObject({ code: status.OK });
  });

  it('is rejected and recorded before it sends a message when its certificate does not name its address', async () => {
    system = await TestSystem.start();
    const session = await rawSession(
      system.admin.endpoint,
      tlsMaterial(system.authority, { name: 'evil-vm', addresses: ['127.0.0.9'] }),
    );
    sessions.push(session);
    await expect(OpenCall.begin(session, queryList.path).ended).resolves.toEqual(
      refused(status.PERMISSION_DENIED, /^the certificate of evil-vm is not for the address/),
    );
    expect(await system.admin.record.next('PERMISSION_DENIED')).toMatchObject({ peer: 'evil-vm' });
  });

  it('gets an error for the call that exceeds its share over all its connections, and no other call ends', async () => {
    system = await TestSystem.start({ limits: { undeliveredBytesOfPeer: 512 * kibibyte } });
    const [one, other] = [await connect('evil-vm'), await connect('evil-vm')];
    const kept = [
      OpenCall.begin(one, report.path, begun(400 * kibibyte, 200 * kibibyte)),
      OpenCall.begin(other, report.path, begun(400 * kibibyte, 200 * kibibyte)),
    ];
    await Promise.all([read(one), read(other)]);
    const honest = await connect('honest-vm');
    const whole = OpenCall.begin(honest, report.path, begun(400 * kibibyte, 300 * kibibyte));
    await read(honest);
    const last = OpenCall.begin(other, report.path, begun(400 * kibibyte, 399 * kibibyte));
    const all = [...kept, last];
    const first = await Promise.race(all.map(async (call) => ({ call, ended: await call.ended })));
    expect(first.ended).toEqual(refused(status.RESOURCE_EXHAUSTED, /bytes of one caller wait to be handled/));
    await Promise.all([read(one), read(other), read(honest)]);
    expect(all.filter(({ isEnded }) => isEnded)).toHaveLength(1);
    expect(whole.isEnded).toBe(false);
    await answers();
  });

  it('is rejected when all callers together send too much and it sends the most', async () => {
    system = await TestSystem.start({ limits: { undeliveredBytes: 512 * kibibyte } });
    const [busiest, honest] = [await connect('evil-vm'), await connect('honest-vm')];
    const most = OpenCall.begin(busiest, report.path, begun(450 * kibibyte, 400 * kibibyte));
    await new Promise((resolve) => most.stream.write(Buffer.alloc(1), resolve));
    await read(busiest);
    const less = OpenCall.begin(honest, report.path, begun(300 * kibibyte, 200 * kibibyte));
    await expect(most.ended).resolves.toEqual(refused(status.RESOURCE_EXHAUSTED, /this caller has most of them/));
    await read(honest);
    expect(less.isEnded).toBe(false);
  });

  it('gets an error for a message larger than its rpc permits as soon as its length is known', async () => {
    system = await TestSystem.start();
    const session = await connect('evil-vm');
    await expect(OpenCall.begin(session, startApplication.path, begun(64 * kibibyte + 1, 0)).ended).resolves.toEqual(
      refused(status.RESOURCE_EXHAUSTED, /^received a message larger than max \(65537 vs 65536\) for admin/),
    );
    await expect(OpenCall.begin(session, report.path, begun(4 * 1024 * kibibyte + 1, 0)).ended).resolves.toEqual(
      refused(status.RESOURCE_EXHAUSTED, /^received a message larger than max \(4194305 vs 4194304\)/),
    );
    await expect(OpenCall.begin(session, serverReflectionInfo.path, begun(4 * kibibyte + 1, 0)).ended).resolves.toEqual(
      refused(status.RESOURCE_EXHAUSTED, /^received a message larger than max \(4097 vs 4096\)/),
    );
  });

  it('gets an error for a message of too many fields, also when each is small', async () => {
    system = await TestSystem.start();
    const session = await connect('evil-vm');
    const length = 4 * 1024 * kibibyte - 16;
    const units = Buffer.alloc(length, Buffer.from([0x12, 0]));
    const message = Buffer.concat([Buffer.from([0x0a, 0xf0, 0xff, 0xff, 0x01]), units]);
    const call = OpenCall.begin(session, report.path, framed(message));
    await expect(call.ended).resolves.toEqual(refused(status.INTERNAL, /^Error deserializing request/));
  });

  it.each([
    ['without a request', queryList.path, undefined, /^the request did not come/],
    ['with half a request', startApplication.path, begun(1_000, 500), /^the request did not come/],
    ['with a request without an end', queryList.path, begun(0, 0), /^the request did not come/],
    ['with half a message', report.path, begun(1_000, 500), /^a message was begun and did not come/],
  ])('gets an error for a call %s after 10 s', async (_, path, bytes, message) => {
    system = await TestSystem.start();
    const session = await connect('evil-vm');
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask', 'Date'] });
    try {
      const call = OpenCall.begin(session, path, bytes);
      await read(session);
      jest.advanceTimersByTime(4_999);
      await read(session);
      expect(call.isEnded).toBe(false);
      for (let n = 0; n < 3; n++) jest.advanceTimersByTime(2_501);
      await expect(call.ended).resolves.toEqual(refused(status.DEADLINE_EXCEEDED, message));
    } finally {
      jest.useRealTimers();
    }
  });

  it('may pause between two messages of a stream', async () => {
    system = await TestSystem.start();
    const session = await connect('evil-vm');
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask', 'Date'] });
    try {
      const { serverReflectionInfo } = services['grpc.reflection.v1.ServerReflection'];
      const call = OpenCall.begin(session, serverReflectionInfo.path);
      await read(session);
      for (let n = 0; n < 10; n++) jest.advanceTimersByTime(2_501);
      await read(session);
      expect(call.isEnded).toBe(false);
    } finally {
      jest.useRealTimers();
    }
  });
});
