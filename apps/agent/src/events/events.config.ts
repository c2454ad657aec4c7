// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import * as z from 'zod/mini';
import { absent, defaulted, entries, parsed } from '@givc/config';
import { parseVmName } from '@givc/model';
import { enable, onlyEnable, readIfEnabled } from '../config/enable.js';
import { peerTransport } from '../config/transport.js';

const event = z.strictObject({
  transport: peerTransport,
  producer: onlyEnable,
  consumer: defaulted(z.strictObject({ enable, permittedSource: absent(parsed(z.string(), parseVmName)) }), {}),
  device: defaulted(z.string(), ''),
});

/** `capabilities.eventProxy`, which this build reads and does not have. */
export const eventProxy = readIfEnabled(z.strictObject({ enable, events: entries(event) }));
