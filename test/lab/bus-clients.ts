import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { type LabMachine } from './lab-machine.js';
import { type Outcome } from './run.js';

/** A method as clients on the command line name it: the name on the bus, its object, interface and member. */
export type Method = readonly [name: string, path: string, iface: string, member: string];

const limit = 20_000;

/** busctl(1) at a socket of the machine, as root. */
export const busctl = (machine: LabMachine, socket: string, ...args: string[]): Promise<Outcome> =>
  machine.run(['busctl', `--address=unix:path=${socket}`, ...args], { limit });

/** gdbus(1) likewise; arguments in the text format of GVariant. */
export function gdbus(
  machine: LabMachine,
  socket: string,
  [name, path, iface, member]: Method,
  ...args: string[]
): Promise<Outcome> {
  const target = ['--dest', name, '--object-path', path, '--method', `${iface}.${member}`];
  return machine.run(['gdbus', 'call', '--address', `unix:path=${socket}`, ...target, ...args], { limit });
}

/** What gdbus(1) hears of the signals of a name. */
export class Signals {
  #heard = '';
  #wake: () => void = () => undefined;

  private constructor(private readonly child: ChildProcess) {
    child.stdout!.setEncoding('utf8').on('data', (text: string) => {
      this.#heard += text;
      this.#wake();
    });
  }

  /** Resolves when no signal can be missed; the name must be owned. */
  static async of(machine: LabMachine, socket: string, name: string): Promise<Signals> {
    const monitor = ['gdbus', 'monitor', '--address', `unix:path=${socket}`, '--dest', name];
    // Ends when its input does, and takes along what nsenter(1) would leave behind.
    const [command, ...args] = machine.enter(['sh', '-c', '"$@" & read _; kill $!', 'sh', ...monitor]);
    const signals = new Signals(spawn(command!, args, { stdio: ['pipe', 'pipe', 'ignore'] }));
    await signals.until('is owned by');
    return signals;
  }

  /** Resolves once the text has been heard; rejects after 20 s. */
  async until(text: string): Promise<void> {
    const deadline = AbortSignal.timeout(limit);
    deadline.addEventListener('abort', () => this.#wake());
    while (!this.#heard.includes(text)) {
      if (deadline.aborted) throw new Error(`${text}: not heard; but\n${this.#heard}`);
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  async stop(): Promise<void> {
    const ended = once(this.child, 'close');
    this.child.stdin!.end();
    await ended;
  }
}
