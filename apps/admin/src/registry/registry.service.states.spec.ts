import { stoppedStatus, type UnitStatus, type VmName } from '@givc/model';
import {
  agentEntry,
  agentRegistration,
  failedStatus,
  newRegistry,
  runningStatus,
  unitEntry,
  unitNamed,
  unitRegistration,
  vmEntry,
  vmNamed,
  vmRegistration,
} from './registry.fixture.js';
import type { RegistryService } from './registry.service.js';
import type { RegistryStore } from './registry-store.js';
import type { Registration } from './registration.js';

const [netVm, guiVm] = [vmNamed('net-vm'), vmNamed('gui-vm')];
const web = unitNamed('web.service');
const clock = unitNamed('clock@0.service');

const application = (machine: VmName, status: UnitStatus, fields: Parameters<typeof unitRegistration>[2] = {}) =>
  unitRegistration(machine, clock, { type: { vm: 'SysVM', service: 'App' }, status, ...fields });

describe('the registry of what agents say and answer', () => {
  let registry: RegistryService;
  let store: RegistryStore;
  let lines: string[];

  beforeEach(() => ({ registry, store, lines } = newRegistry()));

  const register = (registration: Registration, reports = false) =>
    registry.register(registration, { peer: undefined, reports });
  const agentOf = (name: VmName) => store.get(name, agentEntry(name).unit);
  const list = () => store.list().List.map(({ Name, VmStatus }) => `${Name} ${VmStatus}`);

  describe('observes what an agent answers', () => {
    const observed = (status: UnitStatus, unit = web) => registry.observe(netVm, unit, () => Promise.resolve(status));

    it('of a unit that is registered, and of no other', async () => {
      register(agentRegistration(netVm));
      register(unitRegistration(netVm, web));
      await observed(stoppedStatus(web));
      await observed(runningStatus(unitNamed('other.service')), unitNamed('other.service'));
      expect(list()).toEqual(['givc-net-vm.service Running', 'web.service PoweredOff']);
    });

    it('unless the agent has reported something newer since it was asked', async () => {
      jest.useFakeTimers({ now: 0 });
      try {
        register(agentRegistration(netVm));
        register(unitRegistration(netVm, web));
        await registry.observe(netVm, web, () => {
          jest.advanceTimersByTime(10);
          register(unitRegistration(netVm, web));
          return Promise.resolve(stoppedStatus(web));
        });
        expect(list()).toContain('web.service Running');
        jest.advanceTimersByTime(10);
        await observed(stoppedStatus(web));
        expect(list()).toContain('web.service PoweredOff');
      } finally {
        jest.useRealTimers();
      }
    });

    it('of no agent that reports by itself', async () => {
      register(agentRegistration(netVm), true);
      register(unitRegistration(netVm, web), true);
      await observed(stoppedStatus(web));
      expect(list()).toContain('web.service Running');
    });

    it('of an application that has ended as its removal', async () => {
      register(agentRegistration(netVm));
      register(application(netVm, runningStatus(clock)));
      await observed(runningStatus(clock, { FreezerState: 'frozen' }), clock);
      expect(list()).toContain('clock@0.service Paused');
      await observed(stoppedStatus(clock), clock);
      expect(store.get(netVm, clock)).toBeUndefined();
    });

    it('without forgetting that a unit was stopped on request, until it runs again', async () => {
      store.put(agentEntry('net-vm'));
      store.put(unitEntry('net-vm', web, { status: failedStatus(web), stopAsked: true }));
      await observed(stoppedStatus(web));
      expect(store.get(netVm, web)?.stopAsked).toBe(true);
      await observed(runningStatus(web));
      expect(store.get(netVm, web)?.stopAsked).toBeUndefined();
    });
  });

  describe('marks an agent', () => {
    const lost = 'warn: agent lost vm=net-vm agent=givc-net-vm.service';
    const back = 'info: agent back vm=net-vm agent=givc-net-vm.service';

    it('as lost and as back, and logs each once', () => {
      register(agentRegistration(netVm));
      for (const state of [false, true, true, false, false]) registry.setLost(netVm, state);
      expect(lines.slice(1)).toEqual([lost, back]);
      registry.setLost(guiVm, true);
      expect(list()).toEqual(['givc-net-vm.service Running']);
    });

    it.each([
      [true, undefined, [lost]],
      [false, undefined, []],
      [true, true, []],
      [false, true, [back]],
    ])('as confirmed when it was restored: lost %j, before that %j', (isLost, wasLost, logged) => {
      registry.restore(undefined, [agentEntry('net-vm', { lost: wasLost })]);
      expect(agentOf(netVm)?.unconfirmed).toBe(true);
      registry.setLost(netVm, isLost);
      expect(agentOf(netVm)).toMatchObject({ lost: isLost, unconfirmed: false });
      expect(lines).toEqual(logged);
    });

    it('and puts nothing into the store when that is known already', () => {
      register(agentRegistration(netVm));
      let puts = 0;
      store.onPut(() => puts++);
      registry.setLost(netVm, false);
      expect(puts).toBe(0);
      registry.setLost(netVm, true);
      registry.setLost(netVm, true);
      expect(puts).toBe(1);
    });

    it('as restored, and nothing but agents', () => {
      registry.restore(undefined, [agentEntry('net-vm'), unitEntry('net-vm', web)]);
      expect([...store.entries()].map(({ unconfirmed }) => unconfirmed)).toEqual([true, false]);
    });

    it('as lost, and as one that does not report, when its reports end', () => {
      register(agentRegistration(netVm), true);
      registry.reportsEnded(netVm);
      expect(agentOf(netVm)).toMatchObject({ lost: true, reports: false });
      expect(lines).toContain(lost);
    });

    it('as gone when it is lost while its VM does not run', () => {
      register(agentRegistration('host'), true);
      register(vmRegistration('net-vm', stoppedStatus(vmEntry('net-vm').unit)), true);
      register(agentRegistration(netVm), true);
      register(unitRegistration(netVm, web), true);
      registry.reportsEnded(netVm);
      expect(list()).toEqual(['givc-host.service Running', 'microvm@net-vm.service PoweredOff']);
    });

    it.each<[string, (host: VmName) => void]>([
      ['is lost, too', (host) => registry.setLost(host, true)],
      ['is not confirmed', () => registry.restore(undefined, [agentEntry('host', {}, 'Host')])],
    ])('as lost while the host, whose word on VMs may be old, %s', (_, happen) => {
      register(agentRegistration('host'), true);
      register(vmRegistration('net-vm', stoppedStatus(vmEntry('net-vm').unit)), true);
      register(agentRegistration(netVm), true);
      happen(vmNamed('host'));
      registry.setLost(netVm, true);
      expect(agentOf(netVm)?.lost).toBe(true);
    });

    it('as nothing new when reports end that it did not make', () => {
      register(agentRegistration(netVm));
      registry.reportsEnded(netVm);
      registry.reportsEnded(guiVm);
      expect(agentOf(netVm)?.lost).toBe(false);
    });
  });

  it('forgets every unit of a machine but its agent and those that are named, and logs the end of applications', () => {
    register(agentRegistration(netVm), true);
    register(unitRegistration(netVm, web), true);
    register(unitRegistration(netVm, 'other.service'), true);
    register(application(netVm, runningStatus(clock)), true);
    register(agentRegistration(guiVm));
    register(unitRegistration(guiVm, web));
    registry.forgetOthers(netVm, ['other.service']);
    expect(list()).toEqual([
      'givc-net-vm.service Running',
      'other.service Running',
      'givc-gui-vm.service Running',
      'web.service Running',
    ]);
    expect(lines.filter((line) => line.includes('ended'))).toEqual([
      'info: application ended unit=clock@0.service vm=net-vm',
    ]);
  });
});
