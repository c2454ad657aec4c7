// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Help, Option, SubCommand } from 'nest-commander';
import { CertsCommand } from '../certs/certs-command.js';

@SubCommand({
  name: 'show',
  description: 'Shows certificates.',
  arguments: '<file...>',
  argsDescription: { file: 'files in PEM, or folders with cert.pem and ca-cert.pem' },
})
export class CertsShowCommand extends CertsCommand {
  @Option({ flags: '--as-json', description: 'one JSON array instead of tables' })
  asJson(): boolean {
    return true;
  }

  async run(paths: string[], { asJson }: { asJson?: boolean }): Promise<void> {
    const { formatCertificate, readCertificates } = await import('../certs/show.js');
    const shown = paths.flatMap(readCertificates);
    if (asJson) this.output.json(shown);
    else for (const line of shown.map(formatCertificate).join('\n').trimEnd().split('\n')) this.output.sentence(line);
  }

  @Help('after')
  examples(): string {
    return '\nExamples:\n  givc-cli certs show /etc/givc\n  givc-cli certs show --as-json certs/net-vm/cert.pem ca/ca-cert.pem';
  }
}
