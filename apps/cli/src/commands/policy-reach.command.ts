// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Help, Option, SubCommand } from 'nest-commander';
import { callTypeOf } from '@givc/access';
import { considered } from '../policy/considered.js';
import { isPassedOn } from '../policy/onward-call.js';
import { parseRpc } from '../policy/policy-request.js';
import { reachOf, type Reach } from '../policy/reach.js';
import { parseReachedRequest } from '../policy/reached-request.js';
import { RulesCommand } from '../policy/rules-command.js';
import { readSystem } from '../policy/system-files.js';

interface ReachOptions {
  readonly call: string;
  readonly unit?: string;
  readonly vm?: string;
  readonly data?: string;
  readonly agent?: readonly string[];
  readonly revocations?: string;
  readonly asJson?: boolean;
}

@SubCommand({
  name: 'reach',
  description: 'Shows who can make a call, by rules, configurations of agents and revocations.',
  arguments: '[file]',
  argsDescription: {
    file: 'Cedar rules of the daemon, or a folder with admin.cedar and VM.cedar for agents; needed without --agent',
  },
})
export class PolicyReachCommand extends RulesCommand {
  @Option({ flags: '--call <rpc>', description: 'what is called: pkg.Service/Method', required: true })
  call(value: string): string {
    return value;
  }

  @Option({ flags: '--unit <unit>', description: 'unit or application in the request (default: any)' })
  unit(value: string): string {
    return value;
  }

  @Option({ flags: '--vm <vm>', description: 'VM in the request, or whose agent is called (default: any)' })
  vm(value: string): string {
    return value;
  }

  @Option({ flags: '--data <json>', description: 'the whole request, in the JSON of protobuf (default: any)' })
  data(value: string): string {
    return value;
  }

  @Option({ flags: '--agent <file...>', description: 'configurations of agents' })
  agent(value: string, before: readonly string[] = []): readonly string[] {
    return [...before, value];
  }

  @Option({ flags: '--revocations <file>', description: 'certificates that are rejected' })
  revocations(value: string): string {
    return value;
  }

  @Option({ flags: '--as-json', description: 'the rows as one line of JSON' })
  asJson(): boolean {
    return true;
  }

  async run([rules]: string[], { call, agent = [], revocations, asJson, ...request }: ReachOptions): Promise<void> {
    const { rows, system, path } = await this.parse(async () => {
      const rpc = parseRpc('--call', call);
      const type = (await callTypeOf(rpc.path))!;
      const asked = await parseReachedRequest(rpc, type, request);
      const system = await readSystem({ rules, agents: agent, revocations }, type, asked, request.vm);
      return { rows: reachOf(system, rpc.path, asked), system, path: rpc.path };
    });
    const { known, left } = considered(system, isPassedOn(path));
    this.output.note(`considered: ${known}`);
    this.output.note(`not considered: ${left}`);
    if (asJson) this.output.json(rows.map(({ source = null, ...row }) => ({ source, ...row })));
    else this.output.table({ head: ['MACHINE', 'CALLS', 'ANSWER', 'REASON'], rows: rows.map(cells) });
  }

  @Help('after')
  example(): string {
    return `
Examples:
  givc-cli policy reach admin.cedar --call admin.AdminService/StartVM --vm net-vm
  givc-cli policy reach rules/ --call admin.AdminService/StartService --vm net-vm --unit web.service --agent net-vm.json

A permitted call may still fail for other reasons, such as a unit that does not exist. Undecided means that it depends on
the fields of the request that are named. Only files are read: stderr says which decisions they cover.`;
  }
}

/** Of a refused call, the decision that refuses it; else those of all daemons. */
function cells({ source, at, answer, decisions }: Reach): string[] {
  const shown = answer === 'refused' ? decisions.slice(-1) : decisions;
  const reasons = shown.map((decision) => (decision.at === at ? '' : `${decision.at}: `) + decision.reason);
  return [source ?? '(any other)', at, answer, reasons.join('; ')];
}
