// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { TestSystem } from '@givc/testing';
import { Output } from '../../apps/cli/src/output/output.js';
import { RunningCli, type CliRun } from '../../apps/cli/src/running-cli.fixture.js';

/** Runs `givc-cli` against the admin of a system without TLS; one at a time. */
export function startCli(system: TestSystem, ...args: string[]): RunningCli {
  const { address, name } = system.admin.endpoint;
  if (address.protocol !== 'tcp') throw new Error('the command line of tests finds its admin over TCP');
  return new RunningCli(['--notls', '--addr', address.host, '--port', String(address.port), '--name', name, ...args]);
}

/** The lines that `Output.meanwhile` prints. */
const notes = /^givc-cli: (?:stopping|starting|waiting for the network|the (?:machines|security key) may) .*\n/gm;

/**
 * Like `startCli`, until its end. Leaves out the notes about calls that take longer than a second, because on a busy
 * machine every call may.
 */
export async function cli(system: TestSystem, ...args: string[]): Promise<CliRun> {
  const meanwhile = jest.spyOn(Output.prototype, 'meanwhile').mockImplementation((_, work) => work);
  const ran = await startCli(system, ...args).ended.finally(() => meanwhile.mockRestore());
  // The warnings of an executable cannot be turned off.
  return { ...ran, err: ran.err.replace(notes, '') };
}
