// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import * as z from 'zod/mini';
import { defaulted } from '@givc/config';
import { configClass } from '../config/config-class.js';
import { enable } from '../config/enable.js';

/** `capabilities.hwid`. */
export class HwidConfig extends configClass(
  defaulted(
    z.strictObject({
      enable,
      /** The network interface whose address is the hardware id; by default the first one. */
      interface: defaulted(z.string(), ''),
    }),
    {},
  ),
) {}
