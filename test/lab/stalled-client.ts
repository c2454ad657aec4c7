// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { Socket } from 'node:net';
import type dbus from 'dbus-next';

/**
 * Stops a client of a bus from reading. dbus-next (0.10.2) has no function for that, so this removes the listener of
 * its private connection: "continues for others while a client reads nothing" in dbus-across.spec.ts fails when that
 * changes.
 */
export function stopReading(client: dbus.MessageBus): void {
  (client as unknown as { _connection: { stream: Socket } })._connection.stream.removeAllListeners('readable');
}
