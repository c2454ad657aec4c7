// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { type Lab } from './lab.js';
import { type Outcome } from './run.js';
import { type WatchEvent, type Watched } from './watched.js';

/** https://no-color.org */
const colour = process.stdout.isTTY && !process.env['NO_COLOR'];
const styled = (code: number, text: string): string => (colour ? `\u001b[${code}m${text}\u001b[0m` : text);
const indent = (text: string): string => text.trimEnd().replace(/^/gm, '    ');

/**
 * Plays a scenario in the lab and prints each command line with its output and duration; throws at an unexpected
 * result.
 */
export class Scenario {
  #printed = 0;
  #step = 0;

  constructor(
    private readonly lab: Pick<Lab, 'cli' | 'machine'>,
    private readonly watched: Watched,
    private readonly print: (text: string) => void = (text) => void process.stdout.write(text),
  ) {}

  step(title: string): void {
    this.print(`\n${styled(1, `${++this.#step}. ${title}`)}\n`);
  }

  /** Runs `givc-cli` and throws unless it ends with status 0, or with `refused` unless it ends with another. */
  async cli(args: string[], { as, refused = false }: { as?: string; refused?: boolean } = {}): Promise<Outcome> {
    const outcome = await this.lab.cli(args, as);
    const who = as === undefined ? '' : `  (as ${as})`;
    this.#command(`givc-cli ${args.join(' ')}${who}`, outcome);
    if ((outcome.status !== 0) !== refused)
      throw new Error(`givc-cli ${args.join(' ')}: status ${outcome.status} was not expected\n${outcome.stderr}`);
    return outcome;
  }

  /** Runs a command in a machine, to show an effect or to cause an event. */
  async on(machine: Parameters<Lab['machine']>[0], ...command: string[]): Promise<Outcome> {
    const outcome = await this.lab.machine(machine).run(command);
    this.#command(`${command.join(' ')}  (in ${machine})`, outcome);
    return outcome;
  }

  /** Like `on`, with systemctl(1) of the manager that runs the machine's program. */
  async systemctl(machine: Parameters<Lab['machine']>[0], expected: RegExp, ...args: string[]): Promise<void> {
    const outcome = await this.lab.machine(machine).systemctl(...args);
    this.#command(`systemctl ${args.join(' ')}  (in ${machine})`, outcome);
    if (!expected.test(outcome.stdout)) throw new Error(`expected ${expected}`);
  }

  /** Waits for an event of the watch that runs meanwhile, and prints all events up to it. */
  async event(what: string, matches: (event: WatchEvent) => boolean): Promise<void> {
    const found = await this.watched.event(what, this.#printed, matches);
    const until = this.watched.events.indexOf(found) + 1;
    for (const { kind, row } of this.watched.events.slice(this.#printed, until))
      this.print(indent(styled(36, `watch: ${kind} ${row.name} (${row.vm_name}) ${row.status}`)) + '\n');
    this.#printed = until;
  }

  #command(line: string, { stdout, stderr, ms }: Outcome): void {
    this.print(`  ${styled(32, '$')} ${line}   ${styled(2, `[${ms.toFixed(0)} ms]`)}\n`);
    for (const text of [stdout, stderr]) if (text !== '') this.print(`${indent(text)}\n`);
  }
}
