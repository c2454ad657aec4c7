// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { WireMessage } from 'dbus-next/lib/connection.js';
import marshalling from 'dbus-next/lib/marshall-compat.js';

export type { WireMessage };

/**
 * The bytes of a message. Throws for values that D-Bus cannot represent.
 *
 * This is the only part of dbus-next (0.10.2) that is used, from a private file. The public `MessageBus` never settles
 * the calls that are pending when a connection ends, and its parser throws in a socket listener for messages that every
 * bus delivers. marshalling.spec.ts fails when the file moves, or when one of the two has been fixed.
 */
export const bytesOfMessage = (message: WireMessage): Buffer => marshalling.marshallMessage(message)[0];
