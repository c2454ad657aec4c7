// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { doctor } from '@givc/rpc';
import { TestSystem, type TestServer } from '@givc/testing';

const rules = (source: string) =>
  `permit(principal == Source::"${source}", action == Command::"RunChecks", resource == Module::"doctor");`;

describe('the checks of a machine', () => {
  let system: TestSystem;
  afterEach(() => system.close());

  const ask = (server: TestServer, as: string) =>
    system.channel(server, as).unary(doctor.DoctorService.runChecks, { vm: '' });

  it('are for the admin alone, if the agent has no rules, and others are rejected and recorded', async () => {
    system = await TestSystem.start();
    const agent = await system.startAgent('net-vm');
    await system.untilRegistered('net-vm');
    expect((await ask(agent, 'admin-vm')).results.length).toBeGreaterThan(5);
    for (const caller of ['gui-vm', 'cli', 'net-vm'])
      await expect(ask(agent, caller)).rejects.toMatchObject({
        reason: 'PERMISSION_DENIED',
        message: `${caller} may not run the checks of this machine: only admin-vm may`,
      });
    const recorded = agent.record.lines.filter(({ rpc }) => rpc === '/doctor.Doctor/RunChecks');
    expect(recorded.map(({ peer, answer }) => `${peer} ${answer}`)).toEqual(
      ['gui-vm', 'cli', 'net-vm'].map((caller) => `${caller} PERMISSION_DENIED`),
    );
  });

  it('are for whom the rules of the agent permit them', async () => {
    system = await TestSystem.start();
    const agent = await system.startAgent('net-vm', { rules: rules('gui-vm') });
    expect((await ask(agent, 'gui-vm')).results.length).toBeGreaterThan(5);
    await expect(ask(agent, 'admin-vm')).rejects.toMatchObject({ reason: 'PERMISSION_DENIED' });
  });

  it('are for whom the rules of the admin permit them, and for every caller without rules', async () => {
    system = await TestSystem.start({ rules: rules('gui-vm') });
    expect((await ask(system.admin, 'gui-vm')).results.length).toBeGreaterThan(3);
    await expect(ask(system.admin, 'cli')).rejects.toMatchObject({ reason: 'PERMISSION_DENIED' });
    await system.admin.close();
    await system.startAdmin();
    expect((await ask(system.admin, 'cli')).results.length).toBeGreaterThan(3);
  });

  it('are not those that a rule about the Check of health permits', async () => {
    system = await TestSystem.start({ rules: 'permit(principal, action == Command::"Check", resource);' });
    await expect(ask(system.admin, 'cli')).rejects.toMatchObject({ reason: 'PERMISSION_DENIED' });
  });

  it('are run once for callers at the same time', async () => {
    system = await TestSystem.start();
    const agent = await system.startAgent('net-vm');
    const version = jest.spyOn(agent.systemd, 'version');
    await Promise.all([1, 2, 3].map(() => ask(agent, 'admin-vm')));
    const once = version.mock.calls.length;
    await ask(agent, 'admin-vm');
    expect({ isShared: once < 3, again: version.mock.calls.length - once }).toEqual({ isShared: true, again: 1 });
  });
});
