// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Command, Help, Option } from 'nest-commander';
import { GivcError, parseVmName, type VmName } from '@givc/model';
import { AdminCommand } from '../connection/admin-command.js';
import { parseConnection } from '../connection/connection.js';
import type { Finding } from '../doctor/diagnose.js';
import { exitStatusHelpOf } from '../exit/exit-status.js';

interface DoctorFlags {
  readonly asJson?: boolean;
  readonly vm?: VmName;
}

@Command({
  name: 'doctor',
  description:
    'Checks this machine, the admin and every agent, one line for each check, with the fix of what is wrong.',
})
export class DoctorCommand extends AdminCommand {
  @Option({ flags: '--as-json', description: 'one JSON array instead of lines' })
  asJson(): boolean {
    return true;
  }

  @Option({ flags: '--vm <vm>', description: 'only this machine and the agent of this VM, or the admin with its name' })
  vm(value: string): VmName {
    return this.parse(() => parseVmName('--vm', value));
  }

  async run(_: string[], { asJson, vm }: DoctorFlags): Promise<void> {
    const settings = this.parse(() => parseConnection(this.command.optsWithGlobals(), process.env));
    // Not imported statically: the checks load parts of @givc/rpc that no other command needs.
    const [{ diagnose }, { findingLine, summaryOf }] = await Promise.all([
      import('../doctor/diagnose.js'),
      import('../doctor/finding-text.js'),
    ]);
    const findings: Finding[] = [];
    for await (const finding of diagnose(settings, vm)) {
      findings.push(finding);
      if (!asJson) this.output.text(`${findingLine(finding, this.output.hasColour)}\n`);
    }
    if (asJson) this.output.json(findings);
    const { text, failures } = summaryOf(findings);
    if (failures > 0) throw new GivcError('FAILED_PRECONDITION', text);
    if (!asJson) this.output.note(text);
  }

  @Help('after')
  examples(): string {
    return `
Examples:
  givc-cli doctor
  givc-cli doctor --vm net-vm
  givc-cli doctor --as-json

A line has the state (ok, warning or failure), the machine that has found it ("here" is this one), the id of the check,
and what was found; after a semicolon, what to do about it. docs/doctor.md lists the ids.

${exitStatusHelpOf('doctor')}`;
  }
}
