// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { status } from '@grpc/grpc-js';
import type { UnitName } from '@givc/model';
import { RegisteringAgent, settled, web } from './registering-agent.fixture.js';

const other = 'other.service' as UnitName;

describe('an agent whose configuration names other units', () => {
  let agent: RegisteringAgent;
  const reported = () => agent.snapshot.entries.map(({ registration }) => registration?.Name);

  beforeEach(() => {
    agent = RegisteringAgent.onVirtualClock();
    agent.systemd.define(other, { active: true });
  });
  afterEach(() => agent.end());

  it('sends a new snapshot, and keeps the earlier stream until it is accepted', async () => {
    await agent.report();
    agent.admin.stream.accept();
    const [before] = agent.admin.streams;
    await agent.reconfigure(web, other);
    expect(reported()).toEqual([web, other]);
    expect(before!.isCancelled).toBe(false);
    agent.systemd.crash(other);
    expect(agent.admin.stream.changes).toHaveLength(1);
    expect(before!.changes).toEqual([]);
    agent.admin.stream.accept();
    expect(before!.isCancelled).toBe(true);
    await agent.reconfigure(other);
    expect(reported()).toEqual([other]);
  });

  it('has them in its first snapshot, when it has no admin yet', async () => {
    await agent.start();
    await agent.reconfigure(other);
    agent.admin.become('READY');
    expect(reported()).toEqual([other]);
  });

  it('registers only those that are new, when the admin does not serve reports', async () => {
    await agent.report();
    agent.admin.stream.fail(status.UNIMPLEMENTED);
    await agent.admin.answerRegistrations();
    await agent.reconfigure(other);
    expect(await agent.admin.answerRegistrations()).toEqual([other]);
    agent.systemd.crash(web);
    expect(agent.admin.registrations).toEqual([]);
  });

  it('tries again while systemd is not on the bus', async () => {
    await agent.report();
    agent.admin.stream.accept();
    agent.systemd.goAway();
    await agent.reconfigure(other);
    expect(agent.admin.streams).toHaveLength(1);
    agent.systemd.comeBack();
    await jest.advanceTimersByTimeAsync(2_000);
    await settled();
    expect(reported()).toEqual([other]);
  });
});
