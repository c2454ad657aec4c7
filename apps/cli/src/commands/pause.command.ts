import { Command, Help } from 'nest-commander';
import { AdminCommand } from '../admin-command.js';
import { done } from '../done.js';

@Command({
  name: 'pause',
  description: 'Freezes an instance of an application, or all of them.',
  arguments: '<instance>',
  argsDescription: { instance: 'chromium@0.service; chromium@ means every instance' },
})
export class PauseCommand extends AdminCommand {
  async run([AppName = '']: string[]): Promise<void> {
    const response = await this.withAdmin((admin) => admin.pauseApplication({ AppName, Args: [] }));
    this.output.sentence(done('Paused', AppName, response));
  }

  @Help('after')
  example(): string {
    return '\nExample:\n  givc-cli pause chromium@0.service';
  }
}
