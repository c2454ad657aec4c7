import { Command, Help } from 'nest-commander';
import { AdminCommand } from '../admin-command.js';

const word = (isOn: boolean | undefined): string => (isOn === undefined ? 'unknown' : isOn ? 'enabled' : 'disabled');

@Command({ name: 'sysinfo', description: 'Shows what the host is: its version, secure boot and disk encryption.' })
export class SysinfoCommand extends AdminCommand {
  async run(): Promise<void> {
    const { GhafVersion, SecureBoot, DiskEncrypted } = await this.withAdmin((admin) => admin.sysinfo());
    this.output.sentence(`Ghaf Version: ${GhafVersion || 'Unknown'}`);
    this.output.sentence(`Secure Boot: ${word(SecureBoot)}`);
    this.output.sentence(`Disk Encryption: ${word(DiskEncrypted)}`);
  }

  @Help('after')
  example(): string {
    return '\nExample:\n  givc-cli sysinfo';
  }
}
