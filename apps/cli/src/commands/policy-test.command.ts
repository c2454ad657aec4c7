// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Help, Option, SubCommand } from 'nest-commander';
import { authorizationRequest, Rules } from '@givc/access';
import { GivcError } from '@givc/model';
import { exitStatusHelpOf } from '../exit/exit-status.js';
import { parseRequest, parseRpc } from '../policy/policy-request.js';
import { readRules, RulesCommand } from '../policy/rules-command.js';

interface TestOptions {
  readonly source: string;
  readonly call: string;
  readonly data?: string;
  readonly asJson?: boolean;
}

@SubCommand({
  name: 'test',
  description: 'Shows whether the rules of access control permit a call, and which rule decides.',
  arguments: '<file>',
  argsDescription: { file: 'file of Cedar rules' },
})
export class PolicyTestCommand extends RulesCommand {
  @Option({ flags: '--source <vm>', description: 'who calls: the first DNS name of its certificate', required: true })
  source(value: string): string {
    return value;
  }

  @Option({ flags: '--call <rpc>', description: 'what is called: pkg.Service/Method', required: true })
  call(value: string): string {
    return value;
  }

  @Option({ flags: '--data <json>', description: 'the request, in the JSON of protobuf (default: {})' })
  data(value: string): string {
    return value;
  }

  @Option({ flags: '--as-json', description: 'the answer as one line of JSON' })
  asJson(): boolean {
    return true;
  }

  async run([file = '']: string[], { source, call, data, asJson }: TestOptions): Promise<void> {
    const decision = await this.parse(async () => {
      const rpc = parseRpc('--call', call);
      const question = authorizationRequest(source, rpc.path, await parseRequest('--data', rpc, data));
      return (await Rules.parse(readRules(file), file)).decide(question);
    });
    if (asJson) this.output.json(decision);
    else if (decision.allowed) this.output.sentence(`allow: ${decision.rule}`);
    else this.output.sentence(`deny: ${decision.error ?? decision.rule ?? 'no rule permits it'}`);
    if (!decision.allowed) throw new GivcError('PERMISSION_DENIED', `${source} may not call ${call}`);
  }

  @Help('after')
  example(): string {
    return `\nExample:\n  givc-cli policy test rules.cedar --source gui-vm --call admin.AdminService/StartVM --data '{"VmName":"net-vm"}'\n\n${exitStatusHelpOf('policy test')}`;
  }
}
