// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Help, Option, SubCommand } from 'nest-commander';
import { checkRules } from '@givc/access';
import { GivcError, quoted } from '@givc/model';
import { cedarSchemas } from '@givc/rpc';
import { exitStatusHelpOf } from '../exit/exit-status.js';
import { readRules, RulesCommand } from '../policy/rules-command.js';
import { plain } from '../output/plain-text.js';

const counted = (number: number, what: string): string => `${number || 'no'} ${what}${number === 1 ? '' : 's'}`;

type Daemon = keyof typeof cedarSchemas;

interface CheckOptions {
  readonly schema?: string | true;
  readonly for?: Daemon;
}

@SubCommand({
  name: 'check',
  description: 'Checks rules of access control for mistakes, and for rules that can never match.',
  arguments: '<file>',
  argsDescription: { file: 'file of Cedar rules' },
})
export class PolicyCheckCommand extends RulesCommand {
  @Option({
    flags: '--schema [file]',
    description: 'schema of the calls (default: the built-in ones of the admin and of agents)',
  })
  schema(value: string): string {
    return value;
  }

  @Option({
    flags: '--for <daemon>',
    description: 'daemon that has these rules (default: any)',
    choices: ['admin', 'agent'],
  })
  for(value: string): Daemon {
    if (value !== 'admin' && value !== 'agent')
      this.command.error(`--for: invalid daemon ${quoted(value)}: expected admin or agent`);
    return value;
  }

  async run([file = '']: string[], { schema, for: daemon }: CheckOptions): Promise<void> {
    if (typeof schema === 'string' && daemon)
      this.command.error('--for names a schema that is built in: leave out --schema');
    const daemons = daemon ? [daemon] : (Object.keys(cedarSchemas) as Daemon[]);
    const { rules, findings } = await this.parse(() =>
      checkRules(
        readRules(file),
        file,
        typeof schema === 'string'
          ? [{ file: schema, text: readRules(schema) }]
          : daemons.map((name) => ({ file: `${name}.cedarschema`, text: cedarSchemas[name] })),
      ),
    );
    for (const { location, severity, what } of findings) this.output.sentence(`${location}: ${severity}: ${what}`);
    const errors = findings.filter(({ severity }) => severity === 'error').length;
    const summary = `${file}: ${counted(rules, 'rule')}, ${counted(errors, 'error')}, ${counted(findings.length - errors, 'warning')}`;
    if (errors > 0) throw new GivcError('FAILED_PRECONDITION', summary);
    process.stderr.write(`givc-cli: ${plain(summary)}\n`);
  }

  @Help('after')
  example(): string {
    return `\nExample:\n  givc-cli policy check /etc/givc/rules.cedar --for admin\n\n${exitStatusHelpOf('policy check')}`;
  }
}
