// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { WireMessage } from 'dbus-next/lib/connection.js';
import marshalling from 'dbus-next/lib/marshall-compat.js';

export type { WireMessage };

/**
 * The bytes of a message. Throws for what D-Bus cannot say.
 *
 * This is the only part of dbus-next (0.10.2) that is used, from a private file. Its `MessageBus` leaves the calls
 * pending for ever that are pending at the end of a connection, and the parser below it throws in a listener of the
 * socket at messages that every bus delivers: marshalling.spec.ts fails when the file moves, and when one of these can
 * do what is needed.
 */
export const bytesOfMessage = (message: WireMessage): Buffer => marshalling.marshallMessage(message)[0];
