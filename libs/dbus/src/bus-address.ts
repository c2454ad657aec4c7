// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { GivcError, quoted } from '@givc/model';

/** The two message buses of dbus-daemon(1). */
export type BusName = 'system' | 'session';

/** `system` is the bus of the machine's service manager, `session` that of a user's own service manager. */
export const defaultBus = (): BusName => (process.getuid?.() === 0 ? 'system' : 'session');

/** The address of a bus, from the variables of the D-Bus specification, or else the place of systemd's socket. */
export function busAddress(bus: BusName, environment: NodeJS.ProcessEnv = process.env): string {
  return bus === 'system'
    ? environment['DBUS_SYSTEM_BUS_ADDRESS'] || 'unix:path=/run/dbus/system_bus_socket'
    : environment['DBUS_SESSION_BUS_ADDRESS'] || `unix:path=/run/user/${process.getuid?.() ?? 0}/bus`;
}

const unescapeValue = (value: string): string =>
  value.replace(/%([0-9A-Fa-f]{2})/g, (_, digits: string) => String.fromCharCode(parseInt(digits, 16)));

/**
 * The path of the first address that is a unix socket, for `net.connect`; an abstract name begins with NUL.
 * https://dbus.freedesktop.org/doc/dbus-specification.html#addresses
 */
export function socketOfAddress(address: string): string {
  for (const one of address.split(';')) {
    if (!one.startsWith('unix:')) continue;
    for (const pair of one.slice('unix:'.length).split(',')) {
      const [key, value] = pair.split('=', 2);
      if (!value) continue;
      if (key === 'path') return unescapeValue(value);
      if (key === 'abstract') return `\0${unescapeValue(value)}`;
    }
  }
  throw new GivcError(
    'INVALID_ARGUMENT',
    `the D-Bus address ${quoted(address)} names no unix socket, such as "unix:path=/run/dbus/system_bus_socket"`,
  );
}
