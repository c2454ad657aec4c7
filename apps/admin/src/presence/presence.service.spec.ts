// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { stoppedStatus } from '@givc/model';
import { type PresenceService, startsRun, type Transition } from './presence.service.js';
import {
  agentEntry,
  agentRegistration,
  newRegistry,
  unitEntry,
  unitRegistration,
  vmEntry,
  vmNamed,
  vmRegistration,
} from '../registry/registry.fixture.js';
import { keyOf } from '../registry/registry-entry.js';
import type { RegistryStore } from '../registry/registry-store.js';

const [netVm, guiVm, host] = [vmNamed('net-vm'), vmNamed('gui-vm'), vmNamed('host')];
const missed = { kind: 'missed', reason: 'it does not answer' } as const;

describe('the presence of agents', () => {
  let presence: PresenceService;
  let store: RegistryStore;
  let lines: string[];
  let transitions: string[];

  const described = ({ vm, before, after }: Transition) => `${vm} ${before?.state ?? 'none'} ${after?.state ?? 'none'}`;
  const agent = (fields = {}) => agentEntry('net-vm', fields);

  beforeEach(() => {
    ({ presence, store, lines } = newRegistry());
    transitions = [];
    presence.onTransition((transition) => transitions.push(described(transition)));
  });

  it('emits a transition at each change from any source, and only then', () => {
    presence.addAgent(agent(), 'registered');
    presence.addAgent(agent(), 'registered');
    presence.handle(netVm, { kind: 'answered' });
    presence.handle(netVm, missed);
    presence.handle(netVm, missed);
    presence.addAgent(agent(), 'reported');
    presence.handle(netVm, { kind: 'streamEnded' });
    presence.handle(netVm, { kind: 'answered' });
    store.remove(keyOf(agent()));
    expect(transitions).toEqual([
      'net-vm none polled',
      'net-vm polled lost',
      'net-vm lost reporting',
      'net-vm reporting lost',
      'net-vm lost polled',
      'net-vm polled none',
    ]);
  });

  it('is stored in the registry with the rest of the registration before a transition is emitted', () => {
    const states: unknown[] = [];
    presence.onTransition(({ vm }) => states.push(store.get(vm, agent().unit)));
    presence.addAgent(agent({ bootId: 'b' }), 'registered');
    expect(states).toMatchObject([{ bootId: 'b', presence: { state: 'polled' } }]);
    presence.addAgent(agent({ bootId: 'b', certifiedAt: 7 }), 'registered');
    expect(store.get(netVm, agent().unit)).toMatchObject({ certifiedAt: 7 });
    expect(states).toHaveLength(1);
  });

  it('makes one change of the registry for each transition', () => {
    const changes: string[] = [];
    store.onChange(({ kind, item }) => changes.push(`${kind} ${item.VmStatus}`));
    presence.addAgent(agent(), 'registered');
    presence.handle(netVm, missed);
    presence.addAgent(agent(), 'registered');
    presence.handle(netVm, { kind: 'answered' });
    expect(changes).toEqual(['Added Running', 'Updated PoweredOff', 'Updated Running']);
  });

  it('exists only for registered agents', () => {
    presence.handle(guiVm, { kind: 'answered' });
    store.put(unitEntry('gui-vm', 'web.service'));
    store.remove(keyOf(unitEntry('gui-vm', 'web.service')));
    expect(transitions).toEqual([]);
    expect(presence.of(guiVm)).toBeUndefined();
    expect([...store.entries()]).toEqual([]);
  });

  it('is logged when an agent is lost, with the reason, and when it is back', () => {
    presence.addAgent(agent(), 'restored');
    presence.handle(netVm, missed);
    presence.handle(netVm, { kind: 'answered' });
    presence.addAgent(agent(), 'reported');
    expect(lines).toEqual([
      'warn: agent lost vm=net-vm agent=givc-net-vm.service reason="it does not answer"',
      'info: agent back vm=net-vm agent=givc-net-vm.service',
    ]);
  });

  it('is reported first to listeners of registrations, with the previous presence, and then as a transition', () => {
    const calls: string[] = [];
    presence.onTransition(() => calls.push('transition'));
    presence.onRegistered(({ vm }, before) => calls.push(`${vm} ${before?.state ?? 'none'}`));
    presence.addAgent(agent(), 'registered');
    presence.addAgent(agent(), 'registered');
    presence.handle(netVm, missed);
    presence.addAgent(agent(), 'reported');
    presence.addAgent(agentEntry('gui-vm'), 'restored');
    expect(calls).toEqual([
      ...['net-vm none', 'transition', 'net-vm polled', 'transition', 'net-vm lost', 'transition'],
      'transition',
    ]);
  });

  it('is passed to listeners until they are removed, but not to one that is added by a listener', () => {
    const calls: string[] = [];
    const stop = presence.onTransition(() => {
      stop();
      presence.onTransition((transition) => calls.push(described(transition)));
    });
    presence.addAgent(agent(), 'registered');
    expect(calls).toEqual([]);
    presence.handle(netVm, missed);
    expect(calls).toEqual(['net-vm polled lost']);
  });

  it('begins a run when an agent becomes present or has booted', () => {
    const runs: boolean[] = [];
    presence.onTransition((transition) => runs.push(startsRun(transition)));
    presence.addAgent(agent({ bootId: 'a' }), 'registered');
    presence.addAgent(agent({ bootId: 'a' }), 'reported');
    presence.addAgent(agent({ bootId: 'b' }), 'reported');
    presence.handle(netVm, { kind: 'streamEnded' });
    presence.handle(netVm, { kind: 'answered' });
    expect(runs).toEqual([true, false, true, false, true]);
  });
});

describe('a lost agent whose VM does not run', () => {
  let { restorer, lines, presence, register, list } = newRegistry();
  beforeEach(() => {
    ({ restorer, lines, presence, register, list } = newRegistry({ hostName: host }));
    register(agentRegistration(host), true);
    register(vmRegistration(netVm, stoppedStatus(vmEntry('net-vm').unit)), true);
    register(agentRegistration(netVm), true);
    register(unitRegistration(netVm, 'web.service'), true);
  });
  const lose = () => presence.handle(netVm, { kind: 'streamEnded' });

  it('is removed with its units without a log line about the loss', () => {
    lose();
    expect(list()).toEqual(['givc-host.service Running', 'microvm@net-vm.service PoweredOff']);
    expect(lines.join('\n')).not.toContain('agent lost');
  });

  it.each<[string, () => void]>([
    ['is lost, too', () => presence.handle(host, { kind: 'streamEnded' })],
    ['is not confirmed', () => restorer.restore(undefined, [agentEntry('host', {}, 'Host')])],
    [
      'does not report',
      () => {
        presence.handle(host, { kind: 'streamEnded' });
        presence.handle(host, { kind: 'answered' });
      },
    ],
  ])('is kept while the host, whose report on VMs may be outdated, %s', (_, happen) => {
    happen();
    lose();
    expect(presence.of(netVm)?.state).toBe('lost');
  });
});
