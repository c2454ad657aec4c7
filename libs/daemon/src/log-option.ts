// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Option } from 'commander';
import { invalid, quoted } from '@givc/model';
import { parseLogFilter, type LogFilter } from '@givc/log';

/** `--log` and GIVC_LOG of a daemon, parsed by `parseLogFilter`; without them the level is `info`. */
export const logOption = (program: string): Option =>
  new Option('--log <level>', 'error, warn, info or debug, or directives such as "givc=debug"')
    .env('GIVC_LOG')
    .default(parseLogFilter('', program), 'info')
    .argParser((text) => parseLogFilter(text, program));

/**
 * A warning for each directive without effect. Other programs read the variable, too, but a flag is only for this one.
 */
export function logWarnings(filter: LogFilter, source: string | undefined): string[] {
  if (source === 'cli' && filter.unknown.length > 0)
    throw invalid('--log', `invalid level ${quoted(filter.unknown[0]!)}: expected error, warn, info or debug`);
  return filter.unknown.map((directive) => `GIVC_LOG: ${quoted(directive)} has no effect`);
}
