// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Help, Option, SubCommand } from 'nest-commander';
import { authorizationRequest, ExplainedRules, parseRecordedCall, type PartialRequest } from '@givc/access';
import { GivcError } from '@givc/model';
import { Undecided } from '../exit/undecided.js';
import { explainCall, type ExplainedCall } from '../policy/explanation.js';
import { explanationText } from '../policy/explanation-text.js';
import { parseRequest, parseRpc } from '../policy/policy-request.js';
import { readRecordedLine } from '../policy/recorded-line.js';
import { readRules, RulesCommand } from '../policy/rules-command.js';
import { parseNumber } from '../usage/usage.js';

interface WhyOptions {
  readonly source?: string;
  readonly call?: string;
  readonly data?: string;
  readonly record?: string;
  readonly line?: number;
  readonly asJson?: boolean;
}

@SubCommand({
  name: 'why',
  description: 'Explains why the rules of access control refuse or permit a call, and which rule would permit it.',
  arguments: '<file>',
  argsDescription: { file: 'file of Cedar rules' },
})
export class PolicyWhyCommand extends RulesCommand {
  @Option({ flags: '--source <vm>', description: 'who calls: the first DNS name of its certificate' })
  source(value: string): string {
    return value;
  }

  @Option({ flags: '--call <rpc>', description: 'what is called: pkg.Service/Method' })
  call(value: string): string {
    return value;
  }

  @Option({ flags: '--data <json>', description: 'the request, in the JSON of protobuf (default: {})' })
  data(value: string): string {
    return value;
  }

  @Option({
    flags: '--record <file>',
    description: 'audit log that has the call, - for stdin (default without --call)',
  })
  record(value: string): string {
    return value;
  }

  @Option({ flags: '--line <number>', description: 'line of the audit log (default: the last denied call)' })
  line(value: string): number {
    return parseNumber(this.command, '--line', value, 1, 1_000_000_000);
  }

  @Option({ flags: '--as-json', description: 'the explanation as one line of JSON' })
  asJson(): boolean {
    return true;
  }

  async run([file = '']: string[], options: WhyOptions): Promise<void> {
    const explanation = await this.parse(async () => {
      const rules = await ExplainedRules.parse(readRules(file), file);
      return explainCall(rules, await this.#callOf(options));
    });
    if (options.asJson) this.output.json(explanation);
    else this.output.text(explanationText(explanation));
    const { answer, source, call } = explanation;
    if (answer === 'refused') throw new GivcError('PERMISSION_DENIED', `${source} may not call ${call}`);
    if (answer === 'undecided') throw new Undecided(`it is unknown whether ${source} may call ${call}`);
  }

  async #callOf({ source, call, data, record, line }: WhyOptions): Promise<ExplainedCall> {
    if (call === undefined && source === undefined && data === undefined) {
      const recorded = await parseRecordedCall('--record', await readRecordedLine(record ?? '-', line));
      const { rpc, request } = recorded;
      return { rpc, isStream: parseRpc('--record', rpc).requestStream, request, recorded };
    }
    if (record !== undefined || line !== undefined)
      this.command.error('--record has the call: leave out --source, --call and --data');
    if (call === undefined || source === undefined) this.command.error('--source and --call are needed together');
    const rpc = parseRpc('--call', call);
    const request: PartialRequest = authorizationRequest(source, rpc.path, await parseRequest('--data', rpc, data));
    return { rpc: rpc.path.slice(1), isStream: rpc.requestStream, request };
  }

  @Help('after')
  example(): string {
    return `
Examples:
  givc-cli policy why rules.cedar --source gui-vm --call admin.AdminService/StartVM --data '{"VmName":"net-vm"}'
  givc-cli policy why rules.cedar --record /var/log/givc-admin/audit.log --line 12
  tail -n 1 audit.log | givc-cli policy why rules.cedar

Exit status: 0 when the call is permitted, 1 when it is refused, 5 when that depends on fields of the request that the
audit log does not have, 2 for bad usage.`;
  }
}
