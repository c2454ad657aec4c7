// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Help, Option, SubCommand } from 'nest-commander';
import { GivcError } from '@givc/model';
import { TlsIdentity, tryHandshake, type TlsMaterial } from '@givc/rpc';
import { CertsCommand } from '../certs/certs-command.js';
import { exitStatusHelpOf } from '../exit/exit-status.js';

interface VerifyFlags {
  readonly ip?: readonly string[];
  readonly asJson?: boolean;
}

@SubCommand({
  name: 'verify',
  description:
    'Verifies ca-cert.pem, cert.pem and key.pem as the daemons do: chain, names, dates, usages, key and its mode.',
  arguments: '<folder>',
  argsDescription: { folder: 'folder with the three files: /etc/givc' },
})
export class CertsVerifyCommand extends CertsCommand {
  @Option({ flags: '--name <name>', description: 'name that the certificate must carry' })
  nameFlag(value: string): string {
    return value;
  }

  @Option({ flags: '--ip <address>', description: 'address that it must be for; may be repeated' })
  ip(value: string, previous: readonly string[] = []): readonly string[] {
    return [...previous, value];
  }

  @Option({ flags: '--as-json', description: 'one JSON object instead of sentences' })
  asJson(): boolean {
    return true;
  }

  async run([folder = '']: string[], { ip, asJson }: VerifyFlags): Promise<void> {
    const { parseExpected, verifyFolder } = await import('../certs/verify.js');
    // This is not imported statically: the bundle would load all of @givc/rpc, servers included, at each start.
    const checkChain = (material: TlsMaterial) => tryHandshake(new TlsIdentity(material));
    const { summary, ...result } = await verifyFolder(
      folder,
      checkChain,
      this.parse(() => parseExpected(this.name, ip)),
    );
    if (asJson) this.output.json(result);
    else
      for (const { severity, file, what, fix } of result.findings)
        this.output.sentence(`${severity}: ${file} ${what}; ${fix}`);
    if (!result.right) throw new GivcError('FAILED_PRECONDITION', summary);
    if (!asJson) this.output.sentence(summary);
  }

  @Help('after')
  examples(): string {
    return `
Examples:
  givc-cli certs verify /etc/givc
  givc-cli certs verify certs/net-vm --name net-vm --ip 192.168.101.6 --as-json

${exitStatusHelpOf('certs verify')}`;
  }
}
