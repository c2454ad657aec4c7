import { Command, Help, Option } from 'nest-commander';
import { AdminCommand } from '../admin-command.js';
import { done } from '../done.js';

@Command({
  name: 'pause',
  description: 'Freezes an instance of an application, or all of them.',
  arguments: '<instance>',
  argsDescription: { instance: 'chromium@0.service; chromium@ means every instance' },
})
export class PauseCommand extends AdminCommand {
  @Option({
    flags: '--vm <vm>',
    description: 'VM that it runs in; without it <app>-vm, else the only one that runs it',
  })
  vm(value: string): string {
    return value;
  }

  async run([AppName = '']: string[], { vm }: { readonly vm?: string }): Promise<void> {
    const response = await this.withAdmin((admin) => admin.pauseApplication({ AppName, VmName: vm, Args: [] }));
    this.output.sentence(done('Paused', AppName, response));
  }

  @Help('after')
  example(): string {
    return '\nExample:\n  givc-cli pause chromium@0.service';
  }
}
