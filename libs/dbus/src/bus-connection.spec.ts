// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Socket } from 'node:net';
import { BusConnection, type BusSignal } from './bus-connection.js';
import { FakeBus } from './fake-bus.fixture.js';

const field = (code: number, type: string, value: string): Buffer => {
  const text = Buffer.from(`${value}\0`);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(value.length);
  return Buffer.concat([
    Buffer.from([code, 1, type.charCodeAt(0), 0]),
    type === 'g' ? Buffer.from([value.length]) : length,
    text,
  ]);
};
const padded = (bytes: Buffer): Buffer => Buffer.concat([bytes, Buffer.alloc(-bytes.length & 7)]);

/** A message of a bus; its body need not match its signature. */
function message(type: number, fields: readonly Buffer[], body = Buffer.alloc(0)): Buffer {
  const all = Buffer.concat([...fields.slice(0, -1).map(padded), ...fields.slice(-1)]);
  const head = Buffer.alloc(16);
  head.set([0x6c, type, 0, 1]);
  head.writeUInt32LE(body.length, 4);
  head.writeUInt32LE(7, 8);
  head.writeUInt32LE(all.length, 12);
  return Buffer.concat([padded(Buffer.concat([head, all])), body]);
}

const signal = (signature: string, body: readonly number[], sender = 'org.freedesktop.DBus'): Buffer =>
  message(
    4,
    [
      ...[field(1, 'o', '/a'), field(2, 's', 'a.b'), field(3, 's', 'Changed')],
      ...[field(7, 's', sender), field(8, 'g', signature)],
    ],
    Buffer.from(body),
  );

describe('a connection to a bus', () => {
  let bus: FakeBus;
  let signals: BusSignal[];
  const end: (() => void)[] = [];

  beforeEach(async () => {
    bus = await new FakeBus().listen();
    signals = [];
  });
  afterEach(() => {
    for (const close of end.splice(0)) close();
    bus.close();
  });

  const open = async () => {
    const opened = BusConnection.open(bus.path, (one) => signals.push(one));
    await bus.receive('Hello');
    bus.reply();
    const connection = await opened;
    end.push(() => connection.close());
    return connection;
  };

  it('reports once that the bus has ended it', async () => {
    const connection = await open();
    await bus.hangUp();
    expect((await connection.closed).message).toContain('the bus closed the connection');
  });

  it('survives signals with a file descriptor, or of an unknown type, from any program', async () => {
    const connection = await open();
    bus.write(message(9, [field(3, 's', 'Later')]));
    bus.write(signal('h', [5, 0, 0, 0]));
    bus.write(signal('s', [1, 0, 0, 0, 0x61, 0]));
    await bus.hangUp();
    await connection.closed;
    expect(signals.map(({ member, body }) => [member, body])).toEqual([
      ['Changed', [5]],
      ['Changed', ['a']],
    ]);
  });

  it('does not parse messages of a program that it does not follow', async () => {
    const connection = await open();
    bus.write(signal('b?', [0, 0, 0, 0], ':1.7'));
    bus.write(signal('s', [1, 0, 0, 0, 0x61, 0]));
    await bus.hangUp();
    expect((await connection.closed).message).toContain('the bus closed the connection');
    expect(signals.map(({ body }) => body)).toEqual([['a']]);
  });

  it.each([
    ['is of no type', signal('b?', [0, 0, 0, 0]), 'expected a type at 1'],
    ['ends within a value', signal('s', [9, 0, 0, 0, 0x61, 0]), 'it ends within a value'],
    ['has an array of nothing', signal('a()', [8, 0, 0, 0, 0, 0, 0, 0]), 'empty struct or dictionary entry'],
    ['announces 4 GiB', Buffer.from('6c040001ffffffff0100000000000000', 'hex'), 'which is more than 134217728'],
    ['is none', Buffer.from('HTTP/1.1 400 Bad'), 'its byte order is unknown'],
  ])('ends with the reason when a message %s', async (_, bytes, problem) => {
    const connection = await open();
    const call = connection.call({ destination: 'a.b', path: '/', interface: 'a.b', member: 'Get' });
    bus.write(bytes);
    const reason = { reason: 'UNAVAILABLE', message: expect.stringContaining(problem) };
    expect(await connection.closed).toMatchObject(reason);
    await expect(call).rejects.toMatchObject(reason);
  });

  it('sends the calls of one turn of the event loop as one write', async () => {
    const connection = await open();
    const [one, several] = [jest.spyOn(Socket.prototype, '_write'), jest.spyOn(Socket.prototype, '_writev')];
    const writes = () => one.mock.calls.length + several.mock.calls.length;
    const send = (member: string) =>
      void connection.call({ destination: 'a.b', path: '/', interface: 'a.b', member }).catch(() => undefined);
    for (let n = 0; n < 50; n++) send(`Get${n}`);
    await bus.receive('Get49');
    expect(writes()).toBe(1);
    send('Later');
    await bus.receive('Later');
    expect(writes()).toBe(2);
    jest.restoreAllMocks();
  });

  it('keeps the first reason for which it was closed', async () => {
    const connection = await open();
    connection.close(new Error('first'));
    connection.close(new Error('second'));
    expect((await connection.closed).message).toContain('first');
  });

  it('reaches a socket whose path contains the separators of an address', async () => {
    const odd = await new FakeBus('a;b=c,%3bd').listen();
    end.push(() => odd.close());
    const opened = BusConnection.open(odd.path, () => undefined);
    await odd.receive('Hello');
    odd.reply();
    const connection = await opened;
    connection.close();
    await connection.closed;
  });

  it('fails with UNAVAILABLE when the bus does not accept the user number', async () => {
    const rejecting = await new FakeBus('bus', 'REJECTED EXTERNAL\r\n').listen();
    end.push(() => rejecting.close());
    await expect(BusConnection.open(rejecting.path, () => undefined)).rejects.toMatchObject({
      reason: 'UNAVAILABLE',
      message: expect.stringContaining('the bus rejects the user of this process: "REJECTED EXTERNAL"'),
    });
  });
});
