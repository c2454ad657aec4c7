// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import dbus from 'dbus-next';
import { socketOfAddress } from './bus-address.js';
import { BusConnection, dbusDaemon } from './bus-connection.js';

const service = 'org.example.Followed';

describe('a connection that follows a service on a bus', () => {
  let daemon: ChildProcess;
  let address: string;
  const programs: dbus.MessageBus[] = [];
  let connection: BusConnection;
  let received: string[];
  let onReceived: () => void = () => undefined;

  beforeEach(async () => {
    daemon = spawn('dbus-daemon', ['--session', '--nofork', '--nopidfile', '--print-address'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    address = String((await once(daemon.stdout!, 'data'))[0]).trim();
    received = [];
  });
  afterEach(async () => {
    connection.close();
    for (const program of programs.splice(0)) program.disconnect();
    daemon.kill();
    await once(daemon, 'exit');
  });

  const program = async (name?: string): Promise<dbus.MessageBus> => {
    const bus = dbus.sessionBus({ busAddress: address });
    programs.push(bus);
    await once(bus, 'connect');
    if (name !== undefined) await bus.requestName(name, 0);
    return bus;
  };
  const follow = async (): Promise<void> => {
    connection = await BusConnection.open(socketOfAddress(address), ({ member, body }) => {
      received.push(member === 'Changed' ? `Changed ${String(body[0])}` : member);
      onReceived();
    });
    await connection.follow(service);
    const body = [`type='signal',sender='${service}',member='Changed'`];
    await connection.call({ ...dbusDaemon, member: 'AddMatch', signature: 's', body });
    received = [];
  };
  /** Sends a signal to the connection, addressed to its unique name and broadcast; resolves when the bus has it. */
  const send = async (from: dbus.MessageBus, text: string): Promise<void> => {
    const ask = (member: string) => from.call(new dbus.Message({ ...dbusDaemon, member }));
    const names = (await ask('ListNames'))!.body[0] as string[];
    for (const destination of [undefined, ...names.filter((name) => name.startsWith(':'))]) {
      const signal = dbus.Message.newSignal('/a', 'org.example.Any', 'Changed', 's', [text]);
      from.send(Object.assign(signal, { destination }));
    }
    await ask('GetId');
  };
  const until = async (text: string): Promise<void> => {
    while (!received.includes(text)) await new Promise<void>((resolve) => (onReceived = resolve));
  };

  it('passes on the signals of the service, but not signals that another program addresses to the connection', async () => {
    const owner = await program(service);
    await follow();
    await send(await program(), 'forged');
    await send(owner, 'true');
    await until('Changed true');
    expect(received).not.toContain('Changed forged');
  });

  it('passes on the signals of each successive owner of the name', async () => {
    await follow();
    const first = await program(service);
    await until('NameOwnerChanged');
    await send(first, 'first');
    await until('Changed first');
    received = [];
    await first.releaseName(service);
    const second = await program(service);
    await send(first, 'left');
    await send(second, 'second');
    await until('Changed second');
    expect(received).not.toContain('Changed left');
  });

  it('does not pass on an owner change that another program forges', async () => {
    const owner = await program(service);
    await follow();
    const forger = await program('org.example.Forger');
    const ownerOf = { ...dbusDaemon, member: 'GetNameOwner', signature: 's', body: ['org.example.Forger'] };
    const itself = (await forger.call(new dbus.Message(ownerOf)))!.body[0] as string;
    const signal = dbus.Message.newSignal(
      ...(['/org/freedesktop/DBus', 'org.freedesktop.DBus', 'NameOwnerChanged', 'sss'] as const),
      [service, '', itself],
    );
    const names = (await forger.call(new dbus.Message({ ...dbusDaemon, member: 'ListNames' })))!.body[0] as string[];
    for (const destination of names.filter((name) => name.startsWith(':')))
      forger.send(Object.assign(signal, { destination }));
    await send(forger, 'forged');
    await send(owner, 'true');
    await until('Changed true');
    expect(received.filter((one) => !one.startsWith('Changed true'))).toEqual([]);
  });
});
