// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { once } from 'node:events';
import { Command, Help, Option } from 'nest-commander';
import { GivcError, invalid, parseUnitName, parseVmName } from '@givc/model';
import type { journal } from '@givc/rpc';
import { AdminCommand } from '../connection/admin-command.js';
import { hasBroken } from '../connection/explain.js';
import { noteLastEvents } from '../history/last-events.js';
import { formatEntry, formats, parseFormat, type Format } from '../logs/formats.js';
import { explainJournal } from '../logs/explain-journal.js';
import { parsePriority } from '../logs/priority.js';
import { parseTime, type TimeOption } from '../input/time.js';

interface LogsOptions {
  readonly vm: string;
  readonly follow?: boolean;
  readonly lines?: number;
  readonly since?: TimeOption;
  readonly priority?: number;
  readonly output?: Format;
}

const maxLines = 10_000;

/** An instance may be written without its suffix: `chromium@0`. */
const parseUnit = (value: string): string =>
  parseUnitName('unit', /^[^@]+@[0-9]+$/.test(value) ? `${value}.service` : value);

/** A span counts by the clock of the VM. */
function sinceOf(since: TimeOption | undefined): journal.ReadJournalRequest['since'] {
  if (!since) return undefined;
  return since.kind === 'span' ? { $case: 'age_ms', value: since.ms } : { $case: 'since_ms', value: since.ms };
}

@Command({
  name: 'logs',
  description: 'Shows the journal of units of a VM, and follows it.',
  arguments: '<unit...>',
  argsDescription: { unit: 'name of the unit with its suffix: NetworkManager.service; chromium@0 for an instance' },
})
export class LogsCommand extends AdminCommand {
  @Option({ flags: '--vm <vm>', description: 'VM that the units run in', required: true })
  vm(value: string): string {
    return this.parse(() => parseVmName('--vm', value));
  }

  @Option({ flags: '-f, --follow', description: 'print new lines as they are written, until Ctrl-C' })
  follow(): boolean {
    return true;
  }

  @Option({
    flags: '-n, --lines <number>',
    description: `show the most recent lines, 0 to ${maxLines} (default: ${maxLines}; with --follow 10 unless --since)`,
  })
  lines(value: string): number {
    return this.parseNumber('--lines', value, 0, maxLines);
  }

  @Option({
    flags: '--since <time>',
    description: 'only lines since then: 10min, 2h, today, 14:30, "2026-01-31 14:30"',
  })
  since(value: string): TimeOption {
    return this.parse(() => parseTime('--since', value));
  }

  @Option({ flags: '--priority <priority>', description: 'only lines that are as important: err, warning, 0-7' })
  priority(value: string): number {
    return this.parse(() => parsePriority(value));
  }

  @Option({
    flags: '-o, --output <format>',
    description: 'short: as in a log file; json: each line an object; cat: messages only (default: short)',
    choices: [...formats],
  })
  format(value: string): Format {
    return this.parse(() => parseFormat(value));
  }

  async run(names: string[], { vm, output = 'short', follow = false, ...limits }: LogsOptions): Promise<void> {
    const request: journal.ReadJournalRequest = this.parse(() => {
      if (limits.lines === 0 && !follow) throw invalid('--lines', '0 lines need --follow');
      const units = names.map(parseUnit);
      return { vm, units, follow, ...limits, since: sinceOf(limits.since) };
    });
    let count = 0;
    await this.withAdmin(async (admin) => {
      try {
        for await (const { entries } of admin.readJournal(request)) {
          count += entries.length;
          await this.#print(entries, output);
        }
      } catch (error) {
        const isOff = error instanceof GivcError && error.reason === 'UNAVAILABLE' && !hasBroken(error);
        if (isOff && count === 0) await noteLastEvents(this.output, admin, request.vm);
        throw explainJournal(error);
      }
    });
    if (count >= maxLines && limits.lines === undefined)
      this.output.note(`these are the last ${maxLines} lines, the most that one call shows; --since shows fewer`);
  }

  /** Waits while what reads stdout does not. */
  async #print(entries: readonly journal.Entry[], format: Format): Promise<void> {
    const { stdout } = process;
    const parts = entries.map((entry) => Buffer.from(formatEntry(entry, format, stdout.isTTY)));
    if (!stdout.write(Buffer.concat(parts))) await once(stdout, 'drain');
  }

  @Help('after')
  examples(): string {
    return `
The agent of the VM shows the units that it may control, if capabilities.journal.enable of its configuration is true.
-n counts the entries of all the units together, after --priority; one may have several lines. With --follow, 0 shows only
new ones.
Characters that control a terminal are printed as \\x1b; -o cat prints the bytes unchanged unless to a terminal.

Examples:
  givc-cli logs NetworkManager.service --vm net-vm --since 10min
  givc-cli logs chromium@0 --vm chrome-vm --follow
  givc-cli logs web.service db.service --vm net-vm -n 100 --priority warning -o json`;
  }
}
