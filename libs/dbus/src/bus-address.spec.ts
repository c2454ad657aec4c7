// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { busAddress, socketOfAddress } from './bus-address.js';

describe('the address of a bus', () => {
  it("is taken from the environment, or else is systemd's socket", () => {
    expect(busAddress('system', {})).toBe('unix:path=/run/dbus/system_bus_socket');
    expect(busAddress('system', { DBUS_SYSTEM_BUS_ADDRESS: 'unix:path=/a' })).toBe('unix:path=/a');
    expect(busAddress('session', {})).toBe(`unix:path=/run/user/${process.getuid!()}/bus`);
    expect(busAddress('session', { DBUS_SESSION_BUS_ADDRESS: 'unix:path=/b' })).toBe('unix:path=/b');
  });

  it('is unescaped to a socket, the first of several', () => {
    expect(socketOfAddress('unix:path=/run/dbus/system_bus_socket')).toBe('/run/dbus/system_bus_socket');
    expect(socketOfAddress('tcp:host=a,port=1;unix:path=/run/user/1/bus,guid=0f;unix:path=/c')).toBe('/run/user/1/bus');
    expect(socketOfAddress('unix:guid=0f,abstract=/tmp/dbus-x')).toBe('\0/tmp/dbus-x');
    expect(socketOfAddress('unix:path=/tmp/a%20b')).toBe('/tmp/a b');
  });

  it.each(['', 'tcp:host=localhost,port=1', 'unix:', 'unix:path='])(
    'is rejected when it names no socket: %j',
    (address) => {
      expect(() => socketOfAddress(address)).toThrow('names no unix socket');
    },
  );

  it('is shown in an error shortened and without control characters', () => {
    expect(() => socketOfAddress(`tcp:\x9b2J${'x'.repeat(5_000)}`)).toThrow(
      /^the D-Bus address "tcp:\\u009b2Jx{93}…" names/,
    );
  });
});
