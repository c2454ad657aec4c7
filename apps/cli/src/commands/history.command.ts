// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Command, Help, Option } from 'nest-commander';
import { GivcError, parseVmName } from '@givc/model';
import { parseTraceId } from '@givc/trace';
import { AdminCommand } from '../connection/admin-command.js';
import { eventText } from '../history/event-text.js';
import { listedEvent } from '../history/listed-event.js';
import { queryHistory } from '../history/query-history.js';
import { findUnknown } from '../names/explain-name.js';
import { typedNames } from '../names/typed-names.js';
import { parsePastTime } from '../input/time.js';

interface HistoryOptions {
  readonly vm?: string;
  readonly unit?: string;
  readonly trace?: string;
  readonly since?: number;
  readonly until?: number;
  readonly lines?: number;
  readonly follow?: boolean;
  readonly asJson?: boolean;
}

const defaultLines = 100;
const maxLines = 1_000_000;

@Command({
  name: 'history',
  description: 'Prints what happened: registrations, states, lost agents, restarts, and commands with their callers.',
})
export class HistoryCommand extends AdminCommand {
  @Option({ flags: '--vm <vm>', description: 'only events of this VM and its unit' })
  vm(value: string): string {
    return this.parse(() => parseVmName('--vm', value));
  }

  @Option({ flags: '--unit <unit>', description: 'only events of this unit, or of the instances of an application' })
  unit(value: string): string {
    return value;
  }

  @Option({ flags: '--trace <id>', description: 'only the commands of this trace, as the logs name it: trace_id' })
  trace(value: string): string {
    return this.parse(() => parseTraceId('--trace', value));
  }

  @Option({ flags: '--since <time>', description: 'only events since then: "10:30", "yesterday", "-10min", ISO 8601' })
  since(value: string): number {
    return this.parse(() => parsePastTime('--since', value));
  }

  @Option({ flags: '--until <time>', description: 'only events until then' })
  until(value: string): number {
    return this.parse(() => parsePastTime('--until', value));
  }

  @Option({
    flags: '-n, --lines <number>',
    description: `show the most recent of the events that match, 1 to ${maxLines} (default: ${defaultLines}; with --since all)`,
  })
  lines(value: string): number {
    return this.parseNumber('--lines', value, 1, maxLines);
  }

  @Option({ flags: '-f, --follow', description: 'go on with new events, until Ctrl-C' })
  follow(): boolean {
    return true;
  }

  @Option({ flags: '--as-json', description: 'one line of JSON for each event' })
  asJson(): boolean {
    return true;
  }

  async run(_: string[], options: HistoryOptions): Promise<void> {
    const { vm = '', unit = '', trace = '', since, until, follow = false, asJson } = options;
    const { lines = since === undefined ? defaultLines : 0 } = options;
    const request = { vm, unit, trace_id: trace, since_ms: since, until_ms: until, last: lines, follow };
    let hasEvents = false;
    const unknown = await this.withAdmin(async (admin) => {
      for await (const event of queryHistory(admin, request)) {
        hasEvents = true;
        if (asJson) this.output.json(listedEvent(event));
        else this.output.sentence(eventText(event));
      }
      return hasEvents ? undefined : findUnknown(admin, typedNames(this.command));
    });
    if (unknown) throw new GivcError('NOT_FOUND', `no event is kept, and ${unknown.problem}: ${unknown.advice}`);
    if (!hasEvents) this.output.note('no such event is kept');
  }

  @Help('after')
  examples(): string {
    return `
Examples:
  givc-cli history
  givc-cli history --vm net-vm --since -10min
  givc-cli history --unit web.service --since yesterday --until 10:30
  givc-cli history --unit web.service -n 5
  givc-cli history --follow --as-json

-n counts the events that --vm, --unit, --trace, --since and --until leave. With --follow these come first, then new ones
without a limit.

The admin keeps the last events in its state directory, also across its restarts. Times are local; those of the JSON
output are UTC. "givc-cli status --at TIME" shows the machines as they were, "givc-cli analyze" how long a start took.`;
  }
}
