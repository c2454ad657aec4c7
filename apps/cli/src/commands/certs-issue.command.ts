// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Help, Option, SubCommand } from 'nest-commander';
import { CertsCommand } from '../certs/certs-command.js';
import { type MachineFlags } from '../certs/machine.js';
import { type IssueSettings } from '../certs/issue.js';

interface IssueFlags extends MachineFlags, IssueSettings {
  readonly authority: string;
  readonly out: string;
}

@SubCommand({
  name: 'issue',
  description:
    'Issues ca-cert.pem, cert.pem and key.pem for a machine. A valid certificate is kept; one that ends soon or has ' +
    'other addresses, usages or type of key is renewed with a new key.',
  arguments: '<name>',
  argsDescription: { name: 'name of the machine, the first DNS name of its certificate: net-vm' },
})
export class CertsIssueCommand extends CertsCommand {
  @Option({ flags: '--authority <folder>', description: 'folder of the authority that signs', required: true })
  authority(value: string): string {
    return value;
  }

  @Option({ flags: '--out <folder>', description: 'folder to write, created if necessary', required: true })
  out(value: string): string {
    return value;
  }

  @Option({ flags: '--ip <address>', description: 'address that the machine calls from; may be repeated' })
  ip(value: string, previous: readonly string[] = []): readonly string[] {
    return [...previous, value];
  }

  @Option({ flags: '--days <number>', description: 'how long it is valid (default: 365)' })
  days(value: string): number {
    return this.parseDays('--days', value, 1);
  }

  @Option({
    flags: '--key-type <type>',
    description: 'kind of its key (default: that of the existing key, else p256)',
    choices: ['p256', 'rsa', 'ed25519'],
  })
  keyType(value: string): string {
    return value;
  }

  @Option({
    flags: '--usage <usage>',
    description: 'what it is for; daemons need both (default: both)',
    choices: ['both', 'server', 'client'],
  })
  usage(value: string): string {
    return value;
  }

  @Option({
    flags: '--renew-within <days>',
    description:
      'renew a certificate that ends within this number of days (default: 30, or a third of --days where that is less)',
  })
  renewWithin(value: string): number {
    return this.parseDays('--renew-within', value, 0);
  }

  @Option({
    flags: '--ca-only',
    description: 'keep the certificate, and write ca-cert.pem alone, as the authority has it',
  })
  caOnly(): boolean {
    return true;
  }

  @Option({ flags: '--force', description: 'issue again, whatever exists' })
  force(): boolean {
    return true;
  }

  @Option({
    flags: '--image <type>',
    description: 'also write the files as a read-only image, <out>.img',
    choices: ['ext4'],
  })
  image(value: string): string {
    return value;
  }

  @Option({ flags: '--image-size <size>', description: 'size of the image: 1048576, 512K or 1M (default: 1M)' })
  imageSize(value: string): string {
    return value;
  }

  async run(
    [name = '']: string[],
    { authority, out, force, renewWithin, caOnly, ...flags }: IssueFlags,
  ): Promise<void> {
    const { parseMachine } = await import('../certs/machine.js');
    const { issueAll, parseSettings } = await import('../certs/issue.js');
    const machine = this.parse(() => parseMachine(name, flags));
    const settings = this.parse(() => parseSettings({ force, renewWithin, caOnly }));
    await issueAll(authority, [{ machine, folder: out }], settings, (text) => this.output.sentence(text));
  }

  @Help('after')
  examples(): string {
    return `
Examples:
  givc-cli certs issue net-vm --authority ca --out certs/net-vm --ip 192.168.101.6
  givc-cli certs issue admin-vm --authority ca --out certs/admin-vm --ip 192.168.101.10 --ip fd00::10 --image ext4`;
  }
}
