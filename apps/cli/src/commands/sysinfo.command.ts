// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Command, Help, Option } from 'nest-commander';
import { AdminCommand } from '../connection/admin-command.js';

const textOf = (isOn: boolean | undefined): string => (isOn === undefined ? 'unknown' : isOn ? 'enabled' : 'disabled');

@Command({ name: 'sysinfo', description: 'Shows what the host is: its version, secure boot and disk encryption.' })
export class SysinfoCommand extends AdminCommand {
  @Option({ flags: '--as-json', description: 'one JSON object; null is unknown' })
  asJson(): boolean {
    return true;
  }

  async run(_: string[], { asJson }: { readonly asJson?: boolean }): Promise<void> {
    const { GhafVersion, SecureBoot, DiskEncrypted } = await this.withAdmin((admin) => admin.sysinfo());
    if (asJson)
      return this.output.json({
        ghaf_version: GhafVersion && GhafVersion !== 'Unknown' ? GhafVersion : null,
        secure_boot: SecureBoot ?? null,
        disk_encrypted: DiskEncrypted ?? null,
      });
    this.output.sentence(`Ghaf Version: ${GhafVersion || 'Unknown'}`);
    this.output.sentence(`Secure Boot: ${textOf(SecureBoot)}`);
    this.output.sentence(`Disk Encryption: ${textOf(DiskEncrypted)}`);
  }

  @Help('after')
  examples(): string {
    return '\nExamples:\n  givc-cli sysinfo\n  givc-cli sysinfo --as-json';
  }
}
