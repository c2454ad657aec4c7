// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Command, Help, Option, SubCommand } from 'nest-commander';
import { parseInstanceSelector, parseUnitName, parseVmName } from '@givc/model';
import { AdminCommand } from '../connection/admin-command.js';
import { CommandGroup } from '../usage/command-group.js';
import { formatOutcome } from '../output/format-outcome.js';
import { stopVm } from '../restart/stop-vm.js';
import { vmOfInstance } from '../units/vm-of-instance.js';

@SubCommand({
  name: 'app',
  description: 'Stops an instance of an application, or all of them.',
  arguments: '<instance>',
  argsDescription: { instance: 'chromium@0.service; chromium@ means every instance' },
})
export class StopAppCommand extends AdminCommand {
  @Option(vmOfInstance)
  vm(value: string): string {
    return this.parse(() => parseVmName('--vm', value));
  }

  async run([AppName = '']: string[], { vm }: { readonly vm?: string }): Promise<void> {
    this.parse(() => parseInstanceSelector('instance', AppName));
    const response = await this.withAdmin((admin) => admin.stopApplication({ AppName, VmName: vm, Args: [] }));
    this.output.sentence(formatOutcome('Stopped', AppName, response));
  }

  @Help('after')
  examples(): string {
    return '\nExamples:\n  givc-cli stop app chromium@0.service\n  givc-cli stop app chromium@';
  }
}

@SubCommand({
  name: 'vm',
  description: 'Stops a VM by the unit of the host that runs it, and waits until it is off.',
  arguments: '<vm>',
  argsDescription: { vm: 'name of the VM: net-vm' },
})
export class StopVmCommand extends AdminCommand {
  async run([name = '']: string[]): Promise<void> {
    const vm = this.parse(() => parseVmName('vm', name));
    await this.withAdmin((admin) => stopVm(admin, vm));
    this.output.sentence(`Stopped VM ${vm}.`);
  }

  @Help('after')
  example(): string {
    return '\nExample:\n  givc-cli stop vm chrome-vm';
  }
}

@SubCommand({
  name: 'service',
  description: 'Stops a unit of a VM, and waits until its job is done.',
  arguments: '<unit>',
  argsDescription: { unit: 'name of the unit with its suffix: NetworkManager.service' },
})
export class StopServiceCommand extends AdminCommand {
  @Option({ flags: '--vm <vm>', description: 'VM that the unit runs in', required: true })
  vm(value: string): string {
    return this.parse(() => parseVmName('--vm', value));
  }

  async run([ServiceName = '']: string[], { vm }: { readonly vm: string }): Promise<void> {
    this.parse(() => parseUnitName('unit', ServiceName));
    const response = await this.withAdmin((admin) => admin.stopService({ ServiceName, VmName: vm }));
    this.output.sentence(formatOutcome('Stopped', `${ServiceName} in ${vm}`, response));
  }

  @Help('after')
  example(): string {
    return '\nExample:\n  givc-cli stop service NetworkManager.service --vm net-vm';
  }
}

@Command({
  name: 'stop',
  description: 'Stops an application, a VM or a service.',
  subCommands: [StopAppCommand, StopVmCommand, StopServiceCommand],
})
export class StopCommand extends CommandGroup {}
