import { Command, Help } from 'nest-commander';
import { AdminCommand } from '../admin-command.js';

@Command({
  name: 'get-status',
  description: 'Shows what systemd in a VM says about a unit.',
  arguments: '<vm> <unit>',
  argsDescription: {
    '<vm>': 'name of the VM: net-vm',
    '<unit>': 'name of the unit with its suffix: NetworkManager.service',
  },
})
export class GetStatusCommand extends AdminCommand {
  async run([VmName = '', UnitName = '']: string[]): Promise<void> {
    this.output.status(await this.withAdmin((admin) => admin.getUnitStatus({ VmName, UnitName })));
  }

  @Help('after')
  example(): string {
    return '\nExample:\n  givc-cli get-status net-vm NetworkManager.service';
  }
}
