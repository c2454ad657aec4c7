// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { INestApplicationContext } from '@nestjs/common';
import { agentEntry, newRegistry, unitEntry, vmNamed } from '../registry/registry.fixture.js';
import { keyOf } from '../registry/registry-entry.js';
import { RegistryStore } from '../registry/registry-store.js';
import { agentsStatus } from './agents-status.js';

describe('the status of the admin', () => {
  const names = ['a', 'b', 'c', 'd', 'e'];
  let { store, presence } = newRegistry();
  const status = () =>
    agentsStatus({
      get: (type: unknown) => (type === RegistryStore ? store : presence),
    } as Pick<INestApplicationContext, 'get'>);

  beforeEach(() => ({ store, presence } = newRegistry()));

  it('begins with the agents that are known already, without their units', () => {
    presence.addAgent(agentEntry('net-vm'), 'restored');
    store.put(unitEntry('net-vm', 'web.service'));
    expect(status().text).toBe('1 agent');
  });

  it('counts the agents, and names up to three that are lost', () => {
    const current = status();
    const texts: string[] = [];
    current.onChange(() => texts.push(current.text));
    for (const name of names) presence.addAgent(agentEntry(name), 'registered');
    for (const name of names.slice(0, 4)) presence.handle(vmNamed(name), { kind: 'missed', reason: 'it is silent' });
    presence.handle(vmNamed('a'), { kind: 'answered' });
    store.remove(keyOf(agentEntry('b')));
    expect(texts).toEqual([
      ...['1 agent', '2 agents', '3 agents', '4 agents', '5 agents'],
      ...['5 agents, 1 lost: a', '5 agents, 2 lost: a, b', '5 agents, 3 lost: a, b, c'],
      '5 agents, 4 lost: a, b, c, and 1 more',
      '5 agents, 3 lost: b, c, d',
      '4 agents, 2 lost: c, d',
    ]);
  });
});
