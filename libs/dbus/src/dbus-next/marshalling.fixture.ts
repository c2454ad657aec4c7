// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { WireMessage } from 'dbus-next/lib/connection.js';
import marshalling from 'dbus-next/lib/marshall-compat.js';

/** The bytes of a message as dbus-next (0.10.2) writes them: it has no public interface for them. */
export const bytesOfDbusNext = (message: WireMessage): Buffer => marshalling.marshallMessage({ ...message })[0];
