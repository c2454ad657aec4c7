// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import dbus from 'dbus-next';
import createConnection from 'dbus-next/lib/connection.js';
import { FakeBus } from './fake-bus.fixture.js';
import { WireConnection, type WireMessage } from './wire-connection.js';

const hello = { path: '/org/freedesktop/DBus', interface: 'org.freedesktop.DBus', destination: 'org.freedesktop.DBus' };

describe('a connection of dbus-next to a bus', () => {
  let bus: FakeBus;
  const end: (() => void)[] = [];
  beforeEach(async () => {
    bus = await new FakeBus().listen();
  });
  afterEach(() => {
    for (const close of end.splice(0)) close();
    bus.close();
  });
  const connect = () => {
    const messages: WireMessage[] = [];
    const reasons: unknown[] = [];
    let onClosed: () => void;
    const ended = new Promise<void>((resolve) => (onClosed = resolve));
    const wire = new WireConnection(bus.path, {
      message: (message) => messages.push(message),
      closed: (reason) => {
        reasons.push(reason);
        onClosed();
      },
    });
    end.push(() => wire.close(undefined));
    wire.send({ type: 1, serial: 1, member: 'Hello', ...hello });
    return { wire, messages, reasons, ended };
  };

  it('carries messages both ways after the handshake, and says once that the bus has ended it', async () => {
    const { wire, messages, reasons, ended } = connect();
    await bus.receive('Hello');
    expect(wire.isOpen).toBe(true);
    bus.reply();
    await bus.hangUp();
    await ended;
    expect(messages).toMatchObject([{ type: 2, replySerial: 1 }]);
    expect(reasons).toEqual([new Error('the bus closed the connection')]);
    expect(wire.isOpen).toBe(false);
  });

  it('ends with the first reason for which it was closed', async () => {
    const { wire, reasons, ended } = connect();
    await bus.receive('Hello');
    wire.close('first');
    wire.close('second');
    await ended;
    expect(reasons).toEqual(['first']);
  });

  it('does not send what D-Bus cannot say', async () => {
    const { wire } = connect();
    await bus.receive('Hello');
    const send = () => wire.send({ type: 1, serial: 2, member: 'A', ...hello, signature: 'u', body: ['no number'] });
    expect(send).toThrow();
  });

  it('is still not that of MessageBus, which leaves a call pending that the bus can answer no more', async () => {
    const client = dbus.sessionBus({ busAddress: `unix:path=${bus.path}` });
    end.push(() => client.disconnect());
    client.on('error', () => undefined);
    const settled = jest.fn();
    client.call(new dbus.Message({ ...hello, member: 'GetId' })).then(settled, settled);
    await bus.receive('GetId');
    await bus.hangUp();
    await new Promise((resolve) => setImmediate(resolve));
    expect(settled).not.toHaveBeenCalled();
  });

  it.each([
    ['path', 1],
    ['socket', 0],
  ])('with the key "%s" in its address is made by an optional native package so many times: %d', async (key, times) => {
    const made = jest.fn();
    class USocket {
      constructor() {
        made();
        throw new Error('only net connects');
      }
    }
    jest.doMock('usocket', () => ({ USocket }), { virtual: true });
    const { stream } = createConnection({ busAddress: `unix:${key}=${bus.path}` }).on('error', () => undefined);
    end.push(() => stream.destroy());
    jest.dontMock('usocket');
    expect(made).toHaveBeenCalledTimes(times);
    await bus.receive('AUTH');
  });

  it.each([';', ':', ',', '='])(
    'refuses a path with %j, which it cannot tell from the end of the path',
    (character) => {
      const open = () => new WireConnection(`/a${character}b`, { message: () => undefined, closed: () => undefined });
      expect(open).toThrow('cannot contain one of');
    },
  );

  it('takes the path of a socket as it is, so that no character can be escaped', async () => {
    const escaped = await new FakeBus('a%3bb').listen();
    end.push(() => escaped.close());
    const { stream } = createConnection({ busAddress: `unix:socket=${escaped.path}` });
    end.push(() => stream.destroy());
    await escaped.receive('AUTH');
    expect(escaped.received).toContain('AUTH EXTERNAL');
  });
});
