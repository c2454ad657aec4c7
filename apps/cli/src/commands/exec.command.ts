// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Command, Help, Option } from 'nest-commander';
import { invalid, parseVmName } from '@givc/model';
import { AgentCommand } from '../connection/agent-command.js';
import { runRemotely } from '../exec/remote-command.js';
import { exitStatusHelpOf } from '../exit/exit-status.js';
import { ProgramStatus } from '../exit/program-status.js';

interface ExecOptions {
  readonly user?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly directory?: string;
}

function parseAssignment(value: string): readonly [name: string, value: string] {
  const [, name, rest] = /^([A-Za-z_][A-Za-z0-9_]*)=(.*)$/s.exec(value) ?? [];
  // The text may be a secret without its name.
  if (name === undefined) throw invalid('--env', 'expected KEY=VALUE');
  return [name, rest!];
}

@Command({
  name: 'exec',
  description: 'Runs a program in a VM with the input, outputs and Ctrl-C of this terminal, and ends with its status.',
  arguments: '<vm> <command> [args...]',
  argsDescription: {
    vm: 'name of the VM: net-vm',
    command: 'absolute path of the program, or its name: after --',
    args: 'its arguments',
  },
})
export class ExecCommand extends AgentCommand {
  @Option({ flags: '--user <name>', description: "user to run it as, instead of the agent's own" })
  user(value: string): string {
    return value;
  }

  @Option({ flags: '--env <key=value>', description: 'a variable for it; may be repeated' })
  env(value: string, previous: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> {
    const [name, rest] = this.parse(() => parseAssignment(value));
    return { ...previous, [name]: rest };
  }

  @Option({ flags: '--directory <path>', description: 'its working directory (default: /)' })
  directory(value: string): string {
    return value;
  }

  async run([vm = '', Command = '', ...Arguments]: string[], { user, env, directory }: ExecOptions): Promise<void> {
    const name = this.parse(() => parseVmName('vm', vm));
    const start = { Command, Arguments, EnvVars: { ...env }, WorkingDirectory: directory, Role: user };
    const { stdin, stdout, stderr } = process;
    const status = await this.withAgent(name, 'capabilities.exec.enable', (agent) =>
      runRemotely(agent, start, { stdin, stdout, stderr, signals: process }),
    );
    if (status !== 0) throw new ProgramStatus(status);
  }

  @Help('after')
  examples(): string {
    return `
The first Ctrl-C goes to the program, a second one ends givc-cli and the program with it.

Examples:
  givc-cli exec net-vm -- ip addr
  givc-cli exec net-vm --user logger --env TERM=xterm -- tee /var/log/note < note.txt

${exitStatusHelpOf('exec')}`;
  }
}
