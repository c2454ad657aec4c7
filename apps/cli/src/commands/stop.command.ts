import { Command, Help, Option, SubCommand } from 'nest-commander';
import { AdminCommand } from '../admin-command.js';
import { CommandGroup } from '../command-group.js';
import { done } from '../done.js';

@SubCommand({
  name: 'app',
  description: 'Stops an instance of an application, or all of them.',
  arguments: '<instance>',
  argsDescription: { instance: 'chromium@0.service; chromium@ means every instance' },
})
export class StopAppCommand extends AdminCommand {
  async run([AppName = '']: string[]): Promise<void> {
    const response = await this.withAdmin((admin) => admin.stopApplication({ AppName, Args: [] }));
    this.output.sentence(done('Stopped', AppName, response));
  }

  @Help('after')
  examples(): string {
    return '\nExamples:\n  givc-cli stop app chromium@0.service\n  givc-cli stop app chromium@';
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
    return value;
  }

  async run([ServiceName = '']: string[], { vm }: { readonly vm: string }): Promise<void> {
    const response = await this.withAdmin((admin) => admin.stopService({ ServiceName, VmName: vm }));
    this.output.sentence(done('Stopped', `${ServiceName} in ${vm}`, response));
  }

  @Help('after')
  example(): string {
    return '\nExample:\n  givc-cli stop service NetworkManager.service --vm net-vm';
  }
}

@Command({
  name: 'stop',
  description: 'Stops an application or a service.',
  subCommands: [StopAppCommand, StopServiceCommand],
})
export class StopCommand extends CommandGroup {}
