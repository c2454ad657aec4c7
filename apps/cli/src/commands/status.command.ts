// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Command, Help, Option } from 'nest-commander';
import type { AdminClient } from '@givc/client';
import { GivcError, parseVmName, quoted, unknownVm, type VmName } from '@givc/model';
import { explainHistory } from '../history/query-history.js';
import { parsePastTime } from '../input/time.js';
import type { admin, report } from '@givc/rpc';
import { AdminCommand } from '../connection/admin-command.js';
import { exitStatusHelpOf } from '../exit/exit-status.js';
import { machinesOf, type MachineStatus } from '../machines/machine.js';
import { listedMachine } from '../status/listed-machine.js';
import { listMachines } from '../machines/list-machines.js';
import {
  parseSortKey,
  problemsOf,
  readUsage,
  sortKeys,
  usageRows,
  usageTable,
  type SortKey,
} from '../status/resources.js';
import { treeText } from '../status/tree.js';

interface StatusFlags {
  readonly at?: number;
  readonly asJson?: boolean;
  readonly follow?: boolean;
  readonly resources?: boolean;
  readonly sort?: SortKey;
  readonly vm?: VmName;
}

@Command({
  name: 'status',
  description:
    'Shows the machines as a tree: the agent of each and the time of its last report, services and applications.',
})
export class StatusCommand extends AdminCommand {
  @Option({ flags: '--as-json', description: 'one JSON array instead of a tree or a table' })
  asJson(): boolean {
    return true;
  }

  @Option({ flags: '--follow', description: 'update it in place, on a terminal, until Ctrl-C (exit status 0)' })
  follow(): boolean {
    return true;
  }

  @Option({ flags: '--at <time>', description: 'as it was then: "10:30", "yesterday", "-10min", ISO 8601' })
  at(value: string): number {
    return this.parse(() => parsePastTime('--at', value));
  }

  @Option({
    flags: '--resources',
    description: 'the CPU, memory, tasks and restarts of the units and applications that run; takes a second',
  })
  resources(): boolean {
    return true;
  }

  @Option({
    flags: '--sort <column>',
    description: 'of --resources: the highest value first; memory by default',
    choices: [...sortKeys],
  })
  sort(value: string): SortKey {
    return this.parse(() => parseSortKey(value));
  }

  @Option({ flags: '--vm <vm>', description: 'only this machine' })
  vm(value: string): VmName {
    return this.parse(() => parseVmName('--vm', value));
  }

  async run(_: string[], flags: StatusFlags): Promise<void> {
    const { at, asJson, follow, resources, sort, vm } = flags;
    this.parse(() => {
      for (const other of ['follow', 'at'] as const)
        if (resources && flags[other] !== undefined)
          throw new GivcError('INVALID_ARGUMENT', `--resources and --${other} exclude each other`);
      if (!resources && sort !== undefined) throw new GivcError('INVALID_ARGUMENT', '--sort needs --resources');
    });
    if (resources) return this.#resources(asJson ?? false, vm, sort);
    if (follow) return this.#follow(asJson ?? false, at !== undefined, vm);
    const [machines, hasAges, missed] = await this.withAdmin(async (admin) => {
      const { list, reported, missed } = await registryAt(admin, at);
      return [ofVm(machinesOf(list, reported), vm, at), reported !== undefined, missed];
    });
    if (missed > 0)
      this.output.note(
        `the admin could not keep ${missed} ${missed === 1 ? 'event' : 'events'} around that time: some states may be older ones`,
      );
    if (!hasAges) this.output.note('the ages are unknown, because the admin does not report them');
    const { terminal, hasColour } = this.output;
    if (asJson) this.output.json(machines.map(listedMachine));
    else this.output.text(treeText(machines, { width: terminal?.columns || undefined, colour: hasColour }));
  }

  async #resources(asJson: boolean, vm: VmName | undefined, sort: SortKey = 'memory'): Promise<void> {
    const [before, after] = await this.withAdmin((admin) => readUsage(admin, vm ?? ''));
    const rows = usageRows(before, after, sort);
    for (const problem of problemsOf(after)) this.output.note(problem);
    if (asJson) this.output.json(rows);
    else this.output.table(usageTable(rows));
  }

  async #follow(asJson: boolean, isPast: boolean, vm: VmName | undefined): Promise<void> {
    const terminal = this.output.terminal;
    this.parse(() => {
      if (isPast) throw new GivcError('INVALID_ARGUMENT', '--follow and --at exclude each other');
      if (asJson)
        throw new GivcError(
          'INVALID_ARGUMENT',
          '--follow and --as-json exclude each other: use "watch --as-json" instead',
        );
      if (!terminal)
        throw new GivcError('INVALID_ARGUMENT', '--follow needs a terminal on stdout: use "watch" instead');
    });
    const { followStatus } = await import('../status/follow-status.js');
    await followStatus(this.adminDialer(), terminal!, { colour: this.output.hasColour, vm });
  }

  @Help('after')
  examples(): string {
    return `
Examples:
  givc-cli status
  givc-cli status --follow
  givc-cli status --vm net-vm
  givc-cli status --as-json
  givc-cli status --at 10:30
  givc-cli status --resources --sort cpu
  givc-cli status --resources --vm chrome-vm --as-json

An agent is "reporting" (it reports each change by itself), "polled" (its units are polled), "lost" (it does not
answer), "unconfirmed" (known from before the admin restarted) or missing. An admin that does not report this shows agents
as Running or PoweredOff. --at needs an admin that keeps a history, and shows no addresses and versions.

--resources has the units that run. The CPU is the share of one CPU during a second, as in systemd-cgtop(1): 200 % are two
whole CPUs. Restarts are those by systemd since the unit was started. The usage of an earlier agent is "unknown".

${exitStatusHelpOf('status --follow')}`;
  }
}

/** Only the named machine. NOT_FOUND when it is not one of them. */
function ofVm(
  machines: readonly MachineStatus[],
  vm: VmName | undefined,
  at: number | undefined,
): readonly MachineStatus[] {
  const found = machines.filter(({ name }) => vm === undefined || name === vm);
  if (vm === undefined || found.length > 0) return found;
  throw at === undefined ? unknownVm(vm) : new GivcError('NOT_FOUND', `VM ${quoted(vm)} was not registered then`);
}

interface PastRegistry {
  readonly list: readonly admin.QueryListItem[];
  readonly reported: readonly report.Machine[] | undefined;
  /** How many events around the time were not kept. */
  readonly missed: number;
}

/** The registry now, or as it was at a time. */
async function registryAt(admin: AdminClient, at: number | undefined): Promise<PastRegistry> {
  if (at === undefined) {
    const [{ List }, machines] = await Promise.all([admin.queryList(), listMachines(admin)]);
    return { list: List, reported: machines, missed: 0 };
  }
  const { items, machines, missed } = await admin.getRegistryAt({ time_ms: at }).catch((error: unknown) => {
    throw explainHistory(error);
  });
  return { list: items, reported: machines, missed };
}
