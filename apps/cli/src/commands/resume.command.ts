import { Command, Help } from 'nest-commander';
import { AdminCommand } from '../admin-command.js';
import { done } from '../done.js';

@Command({
  name: 'resume',
  description: 'Thaws an instance of an application, or all of them.',
  arguments: '<instance>',
  argsDescription: { instance: 'chromium@0.service; chromium@ means every instance' },
})
export class ResumeCommand extends AdminCommand {
  async run([AppName = '']: string[]): Promise<void> {
    const response = await this.withAdmin((admin) => admin.resumeApplication({ AppName, Args: [] }));
    this.output.sentence(done('Resumed', AppName, response));
  }

  @Help('after')
  example(): string {
    return '\nExample:\n  givc-cli resume chromium@';
  }
}
