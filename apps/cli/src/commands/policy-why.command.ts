// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Help, Option, SubCommand } from 'nest-commander';
import { authorizationRequest, parseRecordedCall, type PartialRequest } from '@givc/access';
import { GivcError } from '@givc/model';
import { parseTraceId } from '@givc/trace';
import { parsePastTime } from '../input/time.js';
import { exitStatusHelpOf } from '../exit/exit-status.js';
import { Undecided } from '../exit/undecided.js';
import { explainCall, type ExplainedCall, type Explanation } from '../policy/explanation.js';
import { explanationText } from '../policy/explanation-text.js';
import { parseRequest, parseRpc } from '../policy/policy-request.js';
import { readRecordedLine, skippedText } from '../policy/recorded-line.js';
import { RulesCommand } from '../policy/rules-command.js';
import { decidedCalls, type DecidedCall } from '../policy/why-daemons.js';
import { parseNumber, parseUsage } from '../usage/usage.js';

interface WhyOptions {
  readonly source?: string;
  readonly call?: string;
  readonly data?: string;
  readonly record?: string;
  readonly line?: number;
  readonly trace?: string;
  readonly at?: number;
  readonly agent?: string;
  readonly asJson?: boolean;
}

@SubCommand({
  name: 'why',
  description: 'Explains why the rules of access control refuse or permit a call, and which rule would permit it.',
  arguments: '[file]',
  argsDescription: {
    file: 'Cedar rules of the daemon, or with --agent a folder with admin.cedar and VM.cedar; needed unless access control is off',
  },
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

  @Option({ flags: '--trace <id>', description: 'the last denied call of this trace' })
  trace(value: string): string {
    return parseUsage(this.command, () => parseTraceId('--trace', value));
  }

  @Option({ flags: '--at <time>', description: 'the last denied call at this time or before' })
  at(value: string): number {
    return parseUsage(this.command, () => parsePastTime('--at', value));
  }

  @Option({
    flags: '--agent <file>',
    description: 'configuration of the agent that decides, or to which the admin passes the call on',
  })
  agent(value: string): string {
    return value;
  }

  @Option({ flags: '--as-json', description: 'the explanation as one line of JSON' })
  asJson(): boolean {
    return true;
  }

  async run([file]: string[], options: WhyOptions): Promise<void> {
    const explanations = await this.parse(async () =>
      explain(await decidedCalls(file, options.agent, await this.#callOf(options))),
    );
    const explanation = explanations.at(-1)!;
    if (options.asJson) this.output.json(explanation);
    else this.output.text(explanations.map(explanationText).join('\n'));
    const { answer, by, at, source, call } = explanation;
    if (by === 'other')
      throw new GivcError(
        'PERMISSION_DENIED',
        `the recorded call of ${source} to ${call} was refused${at === null ? '' : ` by ${at}`}`,
      );
    if (answer === 'refused') throw new GivcError('PERMISSION_DENIED', `${source} may not call ${call}`);
    if (answer === 'undecided') throw new Undecided(`it is unknown whether ${source} may call ${call}`);
  }

  async #callOf({ source, call, data, record, line, trace, at }: WhyOptions): Promise<ExplainedCall> {
    if (call === undefined && source === undefined && data === undefined) {
      const { text, skipped } = await readRecordedLine(record ?? '-', { line, trace, at });
      const recorded = await parseRecordedCall('--record', text);
      if (skipped > 0) this.output.note(`of the audit log, ${skippedText(skipped)} and skipped`);
      const { rpc, request } = recorded;
      return { rpc, isStream: parseRpc('--record', rpc).requestStream, request, recorded };
    }
    if ([record, line, trace, at].some((one) => one !== undefined))
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
  givc-cli policy why rules.cedar --record /var/log/givc-admin/audit.log --at 10:30
  givc-cli policy why rules.cedar --record /var/log/givc-agent/audit.log --agent /etc/givc-agent/config.json
  tail -n 1 audit.log | givc-cli policy why rules.cedar

${exitStatusHelpOf('policy why')}`;
  }
}

/**
 * The explanations of the daemons up to the one that decides: the first that does not permit the call, or the last. The
 * admin has permitted a call that an agent is recorded to have refused.
 */
async function explain(decided: readonly DecidedCall[]): Promise<Explanation[]> {
  const explanations: Explanation[] = [];
  for (const [i, { daemon, call }] of decided.entries()) {
    const explanation = await explainCall(daemon, call);
    if (explanation.answer === 'undecided' && decided[i + 1]?.call.recorded) continue;
    explanations.push(explanation);
    if (explanation.answer !== 'permitted') break;
  }
  return explanations;
}
