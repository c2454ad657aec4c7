// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import * as z from 'zod/mini';
import { defaulted, described } from '@givc/config';
import { configClass } from '../config/config-class.js';
import { enable } from '../config/enable.js';

/** `capabilities.hwid`. */
export class HwidConfig extends configClass(
  defaulted(
    z.strictObject({
      enable,
      interface: described(
        defaulted(z.string(), ''),
        'The network interface whose address is the hardware id; by default the first wireless one, else the first ' +
          'wired one.',
      ),
    }),
    {},
  ),
) {}
