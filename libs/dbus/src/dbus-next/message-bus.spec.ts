// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import dbus from 'dbus-next';
import type { WireMessage } from 'dbus-next/lib/connection.js';
import reading from 'dbus-next/lib/message.js';
import { FakeBus } from '../fake-bus.fixture.js';
import { bytesOfMessage } from '../message-writer.js';

const hello = { path: '/org/freedesktop/DBus', interface: 'org.freedesktop.DBus', destination: 'org.freedesktop.DBus' };

describe('the rest of dbus-next', () => {
  it('still has a parser that throws in its listener for a file descriptor, which any program can send', () => {
    const bytes = bytesOfMessage({ type: 4, serial: 1, ...hello, member: 'A', signature: 'h', body: [0] });
    const messages: WireMessage[] = [];
    let read!: () => void;
    let at = 0;
    const stream = {
      on: (_: string, listener: () => void) => (read = listener),
      read: (length: number) => (at < bytes.length ? bytes.subarray(at, (at += length)) : null),
    };
    reading.unmarshalMessages(stream, (message) => messages.push(message));
    expect(read).toThrow('No FDs available');
    expect(messages).toEqual([]);
  });

  it('still has a MessageBus that leaves calls pending when the connection has ended', async () => {
    const bus = await new FakeBus().listen();
    const client = dbus.sessionBus({ busAddress: `unix:path=${bus.path}` });
    client.on('error', () => undefined);
    const settled = jest.fn();
    client.call(new dbus.Message({ ...hello, member: 'GetId' })).then(settled, settled);
    await bus.receive('GetId');
    await bus.hangUp();
    await new Promise((resolve) => setImmediate(resolve));
    expect(settled).not.toHaveBeenCalled();
    client.disconnect();
    bus.close();
  });
});
