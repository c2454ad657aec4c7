// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Command, Help, Option } from 'nest-commander';
import { parseVmName } from '@givc/model';
import { AdminCommand } from '../connection/admin-command.js';
import { exitStatusHelpOf } from '../exit/exit-status.js';
import { TimedOut } from '../exit/timed-out.js';
import { explainFailedUnit, findUnit } from '../logs/failed-unit.js';
import { parseSeconds } from '../usage/usage.js';
import { parseCondition, waitStates, type Condition } from '../wait/condition.js';
import { waitFor } from '../wait/wait-for.js';

interface WaitFlags {
  readonly vm?: string;
  readonly state?: string;
  readonly timeout?: number;
}

@Command({
  name: 'wait',
  description: 'Waits until a unit is in a state. The wait goes on while the admin is unreachable or restarts.',
  arguments: '<unit>',
  argsDescription: { unit: 'registry name: givc-net-vm.service; chromium@ means any instance' },
})
export class WaitCommand extends AdminCommand {
  @Option({ flags: '--vm <vm>', description: 'only in this VM; needed when more than one has the name' })
  vm(value: string): string {
    return this.parse(() => parseVmName('--vm', value));
  }

  @Option({
    flags: '--state <state>',
    description: 'state to wait for; stopped: listed and off, registered: listed, gone: not listed (default: running)',
    choices: [...waitStates],
  })
  state(value: string): string {
    return value;
  }

  @Option({ flags: '--timeout <seconds>', description: 'seconds after which to give up: 30 or 0.5 (default: never)' })
  timeout(value: string): number {
    return parseSeconds(this.command, '--timeout', value);
  }

  async run([name = '']: string[], { timeout, ...flags }: WaitFlags): Promise<void> {
    const condition = this.parse(() => parseCondition(name, flags));
    const note = (text: string) => this.output.note(text);
    try {
      const unit = await waitFor(condition, this.adminDialer(), { timeoutMs: timeout, note });
      this.output.sentence(`${unit} is ${condition.state}.`);
    } catch (error) {
      if (error instanceof TimedOut && condition.state === 'running') await this.#explain(condition);
      throw error;
    }
  }

  #explain({ name, vm }: Condition): Promise<void> {
    return this.withAdmin((admin) => explainFailedUnit(this.output, admin, () => findUnit(admin, name, vm)));
  }

  @Help('after')
  examples(): string {
    return `
Examples:
  givc-cli wait givc-net-vm.service --timeout 30
  givc-cli wait web.service --vm net-vm --state stopped
  givc-cli wait chromium@ --state gone

${exitStatusHelpOf('wait')}`;
  }
}
