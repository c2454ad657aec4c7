// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { Socket } from 'node:net';
import type dbus from 'dbus-next';

/**
 * Has a client of a bus read nothing more. dbus-next (0.10.2) has no way to that, so this takes the listener from its private
 * connection: "goes on for others while a client reads nothing" in dbus-across.spec.ts fails when that moves.
 */
export function stopReading(client: dbus.MessageBus): void {
  (client as unknown as { _connection: { stream: Socket } })._connection.stream.removeAllListeners('readable');
}
