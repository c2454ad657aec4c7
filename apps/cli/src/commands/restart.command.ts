// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Command, Help, Option, SubCommand } from 'nest-commander';
import {
  GivcError,
  parseInstanceSelector,
  parseUnitName,
  parseVmName,
  vmOfAgentUnit,
  vmOfVmUnit,
  vmUnit,
  type UnitName,
} from '@givc/model';
import { CommandGroup } from '../usage/command-group.js';
import { findUnit, withFailedInstance, withFailedUnit } from '../logs/failed-unit.js';
import { findInstance, formatInstance } from '../restart/instance.js';
import { RestartCommandBase } from '../restart/restart-command.js';
import { stopVm } from '../restart/stop-vm.js';

/** Units that are needed for their own start, or that are more than a unit. */
function parseRestartable(value: string): UnitName {
  const unit = parseUnitName('unit', value);
  const vm = vmOfVmUnit(unit);
  if (vm) throw new GivcError('INVALID_ARGUMENT', `${unit} is a VM: use "restart vm ${vm}" instead`);
  if (vmOfAgentUnit(unit))
    throw new GivcError('INVALID_ARGUMENT', `${unit} is an agent: once it is stopped, nothing could start it again`);
  return unit;
}

@SubCommand({
  name: 'service',
  description: 'Stops a unit of a VM, if it runs, and starts it again; waits until both jobs are done.',
  arguments: '<unit>',
  argsDescription: { unit: 'name of the unit with its suffix: NetworkManager.service' },
})
export class RestartServiceCommand extends RestartCommandBase {
  @Option({ flags: '--vm <vm>', description: 'VM that the unit runs in', required: true })
  vm(value: string): string {
    return this.parse(() => parseVmName('--vm', value));
  }

  async run([name = '']: string[], { vm }: { readonly vm: string }): Promise<void> {
    const request = { ServiceName: this.parse(() => parseRestartable(name)), VmName: vm };
    await this.restart(`${name} in ${vm}`, {
      stop: (admin) => admin.stopService(request),
      start: (admin) => withFailedUnit(this.output, admin, () => ({ unit: name, vm }), admin.startService(request)),
    });
    this.output.sentence(`Restarted ${name} in ${vm}.`);
  }

  @Help('after')
  example(): string {
    return '\nExample:\n  givc-cli restart service NetworkManager.service --vm net-vm';
  }
}

@SubCommand({
  name: 'app',
  description: 'Stops a running instance of an application and starts the application again in the same VM.',
  arguments: '<instance> [args...]',
  argsDescription: {
    instance: 'chromium@0.service; chromium@ when only one runs',
    args: 'its arguments, after --; its previous arguments are not known',
  },
})
export class RestartAppCommand extends RestartCommandBase {
  @Option({ flags: '--vm <vm>', description: 'only in this VM; needed when more than one has the instance' })
  vm(value: string): string {
    return this.parse(() => parseVmName('--vm', value));
  }

  async run([name = '', ...Args]: string[], { vm }: { readonly vm?: string }): Promise<void> {
    const selector = this.parse(() => parseInstanceSelector('instance', name));
    const instance = await this.withAdmin(async (admin) => findInstance(selector, vm, (await admin.queryList()).List));
    const { unit, application, vm: VmName } = instance;
    const label = formatInstance(instance);
    const { registryId: started } = await this.restart(label, {
      stop: (admin) => admin.stopApplication({ AppName: unit, VmName, Args: [] }),
      start: (admin) =>
        withFailedInstance(this.output, admin, VmName ?? '', () =>
          admin.startApplication({ AppName: application, VmName, Args }),
        ),
    });
    this.output.sentence(`Restarted ${label}${started && started !== unit ? ` as ${started}` : ''}.`);
  }

  @Help('after')
  examples(): string {
    return `
Examples:
  givc-cli restart app chromium@0.service
  givc-cli restart app chromium@ --vm chrome-vm -- https://example.org`;
  }
}

@SubCommand({
  name: 'vm',
  description: 'Shuts a VM down, if it runs, and boots it again; waits until its agent has registered.',
  arguments: '<vm>',
  argsDescription: { vm: 'name of the VM: net-vm' },
})
export class RestartVmCommand extends RestartCommandBase {
  async run([name = '']: string[]): Promise<void> {
    const vm = this.parse(() => parseVmName('vm', name));
    await this.restart(`VM ${vm}`, {
      stop: (admin) => stopVm(admin, vm),
      start: (admin) =>
        withFailedUnit(this.output, admin, () => findUnit(admin, vmUnit(vm)), admin.startVm({ VmName: vm })),
    });
    this.output.sentence(`Restarted VM ${vm}.`);
  }

  @Help('after')
  example(): string {
    return '\nExample:\n  givc-cli restart vm net-vm';
  }
}

@Command({
  name: 'restart',
  description: 'Stops an application, a VM or a service, and starts it again.',
  subCommands: [RestartAppCommand, RestartVmCommand, RestartServiceCommand],
})
export class RestartCommand extends CommandGroup {}
