// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import * as z from 'zod/mini';
import { defaulted, described } from '@givc/config';
import { absolutePath } from '../config/absolute-path.js';
import { configClass } from '../config/config-class.js';
import { enable } from '../config/enable.js';

/** `capabilities.notifier`. */
export class NotifyConfig extends configClass(
  defaulted(
    z.strictObject({
      enable,
      socket: described(
        defaulted(absolutePath, '/run/log/journal-notifier'),
        'The folder of the sockets of the programs that show notifications.',
      ),
    }),
    {},
  ),
) {}
