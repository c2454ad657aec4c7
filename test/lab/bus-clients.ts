// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { type LabMachine } from './lab-machine.js';
import { type Outcome } from './run.js';
import { RunningProgram } from './running-program.js';

/** A method in the arguments of command-line clients: the name on the bus, its object, interface and member. */
export type Method = readonly [name: string, path: string, iface: string, member: string];

/** busctl(1) at a socket of the machine, as root. */
export const busctl = (machine: LabMachine, socket: string, ...args: string[]): Promise<Outcome> =>
  machine.run(['busctl', `--address=unix:path=${socket}`, ...args]);

/** gdbus(1) at a socket of the machine, as root; arguments are in the text format of GVariant. */
export function gdbus(
  machine: LabMachine,
  socket: string,
  [name, path, iface, member]: Method,
  ...args: string[]
): Promise<Outcome> {
  const target = ['--dest', name, '--object-path', path, '--method', `${iface}.${member}`];
  return machine.run(['gdbus', 'call', '--address', `unix:path=${socket}`, ...target, ...args]);
}

/** gdbus(1) that prints the signals of a name, once it receives all of them. The name must have an owner. */
export async function signals(machine: LabMachine, socket: string, name: string): Promise<RunningProgram> {
  const monitor = ['gdbus', 'monitor', '--address', `unix:path=${socket}`, '--dest', name];
  const program = RunningProgram.start(machine.enter(monitor));
  await program.line('is owned by');
  return program;
}
