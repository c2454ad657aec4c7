// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Help, Option, SubCommand } from 'nest-commander';
import { type AuthorityFlags } from '../certs/authority.js';
import { CertsCommand } from '../certs/certs-command.js';

@SubCommand({
  name: 'authority',
  description: 'Makes an authority: a folder with ca-cert.pem, which is public, and ca-key.pem, which signs.',
  arguments: '<folder>',
  argsDescription: { folder: 'folder of the authority, created if necessary' },
})
export class CertsAuthorityCommand extends CertsCommand {
  @Option({ flags: '--name <name>', description: 'common name of the authority (default: GIVC)' })
  nameFlag(value: string): string {
    return value;
  }

  @Option({ flags: '--days <number>', description: 'how long it is valid (default: 3650)' })
  days(value: string): number {
    return this.parseDays('--days', value, 1);
  }

  @Option({
    flags: '--key-type <type>',
    description: 'kind of its key (default: p256)',
    choices: ['p256', 'rsa', 'ed25519'],
  })
  keyType(value: string): string {
    return value;
  }

  @Option({
    flags: '--replaces <folder>',
    description: 'authority that it replaces: ca-cert.pem has the certificates of both, until --alone',
  })
  replaces(value: string): string {
    return value;
  }

  @Option({
    flags: '--alone',
    description: 'end such a replacement: ca-cert.pem keeps only the own certificate of the authority',
  })
  alone(): boolean {
    return true;
  }

  @Option({
    flags: '--force',
    description: 'replace an existing authority, which makes its certificates invalid',
  })
  force(): boolean {
    return true;
  }

  async run([folder = '']: string[], { alone, ...flags }: AuthorityFlags & { alone?: boolean }): Promise<void> {
    const { endReplacement, makeAuthority, assertAlone, parseAuthority } = await import('../certs/authority.js');
    if (alone) {
      this.parse(() => assertAlone(this.name, flags));
      return this.output.sentence(await endReplacement(folder));
    }
    const options = this.parse(() => parseAuthority(this.name, flags));
    this.output.sentence(await makeAuthority(folder, options, flags));
  }

  @Help('after')
  example(): string {
    return `
Examples:
  givc-cli certs authority ca --name "Our computer" --days 3650

To replace an authority without a gap (docs/certificates.md):
  givc-cli certs authority new-ca --replaces ca
  givc-cli certs issue-all machines.json --authority new-ca --out certs --ca-only   # all machines trust both
  givc-cli certs issue-all machines.json --authority new-ca --out certs             # then each gets a new certificate
  givc-cli certs authority new-ca --alone
  givc-cli certs issue-all machines.json --authority new-ca --out certs --ca-only   # then all trust the new one alone`;
  }
}
