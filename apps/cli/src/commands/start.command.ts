// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { AdminClient } from '@givc/client';
import { parseApplicationName, parseUnitName, parseVmName, powerTransitionOf, vmUnit } from '@givc/model';
import { Help, Option, SubCommand, Command } from 'nest-commander';
import { AdminCommand } from '../connection/admin-command.js';
import { findUnit, withFailedInstance, withFailedUnit } from '../logs/failed-unit.js';
import { CommandGroup } from '../usage/command-group.js';

interface VmOption {
  readonly vm: string;
}

@SubCommand({
  name: 'app',
  description: 'Starts one more instance of an application; boots its VM first when that is down.',
  arguments: '<app> [args...]',
  argsDescription: { app: 'name of the application: chromium', args: 'its arguments, after --' },
})
export class StartAppCommand extends AdminCommand {
  @Option({ flags: '--vm <vm>', description: 'VM that the application belongs to', required: true })
  vm(value: string): string {
    return this.parse(() => parseVmName('--vm', value));
  }

  async run([name = '', ...Args]: string[], { vm }: VmOption): Promise<void> {
    const AppName = this.parse(() => parseApplicationName('app', name));
    const { registryId } = await this.withAdmin((admin) =>
      withFailedInstance(this.output, admin, vm, () => admin.startApplication({ AppName, VmName: vm, Args })),
    );
    this.output.sentence(`Started ${registryId || AppName} in ${vm}.`);
  }

  @Help('after')
  example(): string {
    return '\nExample:\n  givc-cli start app chromium --vm chrome-vm -- https://example.org';
  }
}

@SubCommand({
  name: 'vm',
  description: 'Boots a VM, and waits until its agent has registered.',
  arguments: '<vm>',
  argsDescription: { vm: 'name of the VM: net-vm' },
})
export class StartVmCommand extends AdminCommand {
  async run([name = '']: string[]): Promise<void> {
    const VmName = this.parse(() => parseVmName('vm', name));
    await this.withAdmin((admin) =>
      withFailedUnit(this.output, admin, () => findUnit(admin, vmUnit(VmName)), admin.startVm({ VmName })),
    );
    this.output.sentence(`Started VM ${VmName}.`);
  }

  @Help('after')
  example(): string {
    return '\nExample:\n  givc-cli start vm net-vm';
  }
}

@SubCommand({
  name: 'service',
  description: 'Starts a unit of a VM, and waits until its job is done.',
  arguments: '<unit>',
  argsDescription: { unit: 'name of the unit with its suffix: NetworkManager.service' },
})
export class StartServiceCommand extends AdminCommand {
  @Option({ flags: '--vm <vm>', description: 'VM that the unit runs in', required: true })
  vm(value: string): string {
    return this.parse(() => parseVmName('--vm', value));
  }

  async run([name = '']: string[], { vm }: VmOption): Promise<void> {
    const ServiceName = this.parse(() => parseUnitName('unit', name));
    const unit = { unit: ServiceName, vm };
    const start = (admin: AdminClient) =>
      withFailedUnit(this.output, admin, () => unit, admin.startService({ ServiceName, VmName: vm }));
    const isShutdown = powerTransitionOf(ServiceName) === 'shutdown';
    await (isShutdown ? this.withLeavingAdmin(start) : this.withAdmin(start));
    this.output.sentence(`Started ${ServiceName} in ${vm}.`);
  }

  @Help('after')
  example(): string {
    return '\nExample:\n  givc-cli start service NetworkManager.service --vm net-vm';
  }
}

@Command({
  name: 'start',
  description: 'Starts an application, a VM or a service.',
  subCommands: [StartAppCommand, StartVmCommand, StartServiceCommand],
})
export class StartCommand extends CommandGroup {}
