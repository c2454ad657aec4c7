// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { Access } from '@givc/access';
import type { VmName } from '@givc/model';
import { FakeAgents } from '../agents/agents.fixture.js';
import { AgentDoctorService } from './agent-doctor.service.js';

const result = { id: 'units', subject: 'a.service', state: 'ok', message: 'is installed', fix: '' };

describe('the checks of an agent', () => {
  let now: number;
  const agents = new FakeAgents(() => new Promise(() => undefined));
  const service = new AgentDoctorService(agents.connections, { now: () => now }, {
    certificateProblem: () => Promise.resolve(undefined),
  } as Access);

  beforeEach(() => {
    now = 1_000_000;
    agents.calls.length = 0;
  });

  it('are asked of that agent with its name, and follow what the admin knows of it', async () => {
    agents.answerCall = () => Promise.resolve({ results: [result], time_ms: now, version: '0.1.0' });
    const { results, version } = await service.run('net-vm' as VmName);
    expect(agents.calls).toMatchObject([
      { vm: 'net-vm', path: '/doctor.Doctor/RunChecks', request: { vm: 'net-vm' }, settings: { deadlineMs: 10_000 } },
    ]);
    expect(results.map(({ id, subject, state }) => [id, subject, state])).toEqual([
      ['agent-channel', 'net-vm', 'ok'],
      ['clock', 'net-vm', 'ok'],
      ['units', 'a.service', 'ok'],
    ]);
    expect(version).toBe('0.1.0');
  });

  it('contain a clock that was ahead even when the answer arrived', async () => {
    agents.answerCall = () => {
      now += 4_000;
      return Promise.resolve({ results: [], time_ms: now + 3_000, version: '' });
    };
    const { results } = await service.run('net-vm' as VmName);
    expect(results[1]).toMatchObject({ id: 'clock', state: 'warning', message: 'is 3.0 s ahead' });
  });

  it('are bounded, whatever the agent sends', async () => {
    const long = { ...result, message: 'm'.repeat(10_000), state: 'great' };
    agents.answerCall = () =>
      Promise.resolve({ results: Array.from({ length: 1_000 }, () => long), time_ms: now, version: 'v'.repeat(1_000) });
    const { results, version } = await service.run('net-vm' as VmName);
    expect(results).toHaveLength(202);
    expect(results[2]).toMatchObject({ state: 'warning', message: 'm'.repeat(256) });
    expect(version).toHaveLength(64);
  });
});
