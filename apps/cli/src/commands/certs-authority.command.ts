import { Help, Option, SubCommand } from 'nest-commander';
import { type AuthorityFlags } from '../certs/authority.js';
import { CertsCommand } from '../certs/certs-command.js';

@SubCommand({
  name: 'authority',
  description: 'Makes an authority: a folder with ca-cert.pem, which is public, and ca-key.pem, which signs.',
  arguments: '<folder>',
  argsDescription: { folder: 'folder of the authority, made if need be' },
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
    flags: '--force',
    description: 'replace an authority that is there; what it has signed is worth nothing then',
  })
  force(): boolean {
    return true;
  }

  async run([folder = '']: string[], { force, ...flags }: AuthorityFlags & { force?: boolean }): Promise<void> {
    const { makeAuthority, parseAuthority } = await import('../certs/authority.js');
    await makeAuthority(
      folder,
      this.parse(() => parseAuthority(this.name, flags)),
      force,
    );
    this.output.sentence(`Made an authority in ${folder}. Keep ca-key.pem to yourself.`);
  }

  @Help('after')
  example(): string {
    return '\nExample:\n  givc-cli certs authority ca --name "Our computer" --days 3650';
  }
}
