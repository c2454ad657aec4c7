// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { formatSettings } from '@givc/config';
import type { Printed } from '@givc/daemon';
import type { AdminConfig } from './admin.config.js';

/** The configuration in force, with its warnings, in the form of `--print-config`. */
export function printAdmin({ printed, warnings }: AdminConfig): Printed {
  return { text: formatSettings(printed?.format ?? 'text', printed?.settings ?? [], warnings) };
}
