// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { TestSystem } from '@givc/testing';
import { cli } from '../support/cli.js';

const applications = [{ name: 'clock', command: '/bin/clock' }];

describe('an instance that runs in several VMs', () => {
  let system: TestSystem;

  beforeEach(async () => {
    system = await TestSystem.start({ tls: false });
    for (const name of ['net-vm', 'gui-vm', 'clock-vm']) {
      await system.startAgent(name, { capabilities: { applications } });
      await system.untilRegistered(name);
    }
  });
  afterEach(() => system.close());

  const start = async (...vms: string[]) => {
    for (const VmName of vms) await system.client().startApplication({ AppName: 'clock', VmName, Args: [] });
    await becomes(vms.map((vm) => `${vm} Running`));
  };
  const becomes = (expected: string[]) =>
    system.until((list) => {
      const seen = list.filter(({ Name }) => Name === 'clock@0.service').map((one) => `${one.VmName} ${one.VmStatus}`);
      return seen.sort().join() === [...expected].sort().join();
    });

  it('is paused, resumed and stopped by the command line in the VM of --vm alone', async () => {
    await start('net-vm', 'gui-vm');
    expect(await cli(system, 'pause', 'clock@0.service')).toMatchObject({ status: 1 });
    expect(await cli(system, 'pause', 'clock@0.service', '--vm', 'gui-vm')).toMatchObject({ status: 0, err: '' });
    await becomes(['net-vm Running', 'gui-vm Paused']);
    expect(await cli(system, 'resume', 'clock@', '--vm', 'gui-vm')).toMatchObject({ status: 0, err: '' });
    await becomes(['net-vm Running', 'gui-vm Running']);
    expect(await cli(system, 'stop', 'app', 'clock', '--vm', 'gui-vm')).toMatchObject({ status: 0, err: '' });
    await becomes(['net-vm Running']);
  });

  it('is that of the VM with the name of the application when no VM is given', async () => {
    await start('net-vm', 'clock-vm');
    expect(await cli(system, 'stop', 'app', 'clock@0')).toMatchObject({ status: 0, err: '' });
    await becomes(['net-vm Running']);
  });
});
