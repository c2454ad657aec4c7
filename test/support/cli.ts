import { runCli } from '../../apps/cli/src/cli.js';
import type { TestSystem } from './test-system.js';

export interface CliRun {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

/** A command that runs in this process; what it has written so far is in `out` and `err`. */
export class RunningCli {
  readonly ended: Promise<CliRun>;
  out = '';
  err = '';
  #wake: () => void = () => undefined;

  constructor(args: readonly string[]) {
    const capture = (name: 'out' | 'err') => (text: string | Uint8Array) => {
      this[name] += String(text);
      this.#wake();
      return true;
    };
    const spies = [
      jest.spyOn(process.stdout, 'write').mockImplementation(capture('out')),
      jest.spyOn(process.stderr, 'write').mockImplementation(capture('err')),
    ];
    this.ended = runCli(['node', 'givc-cli', ...args])
      .then((status) => ({ status, out: this.out, err: this.err }))
      .finally(() => {
        for (const spy of spies) spy.mockRestore();
      });
  }

  /** Resolves when it has written this, after the first `from` characters. */
  async wrote(name: 'out' | 'err', text: string, from = 0): Promise<void> {
    while (!this[name].includes(text, from)) await new Promise<void>((resolve) => (this.#wake = resolve));
  }
}

/** Runs `givc-cli` against the admin of a system without TLS; one at a time. */
export function startCli(system: TestSystem, ...args: string[]): RunningCli {
  const { address, name } = system.admin.endpoint;
  if (address.protocol !== 'tcp') throw new Error('the command line of tests finds its admin over TCP');
  return new RunningCli(['--notls', '--addr', address.host, '--port', String(address.port), '--name', name, ...args]);
}

export const cli = (system: TestSystem, ...args: string[]): Promise<CliRun> => startCli(system, ...args).ended;
