// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { GivcError, stoppedStatus, type InstanceSelector, type UnitStatus } from '@givc/model';
import { FakeAgents, type UnitRequestRecord } from '../agents/agents.fixture.js';
import { agentEntry, newRegistry, runningStatus, unitEntry, unitNamed, vmNamed } from '../registry/registry.fixture.js';
import type { RegistryStore } from '../registry/registry-store.js';
import { ApplicationService } from './application.service.js';
import { UnitStates } from './unit-states.js';
import { VmService } from './vm.service.js';

const vm = vmNamed('chrome-vm');
const application = 'clock' as never;
const all: InstanceSelector = { kind: 'all', application };

describe('an application', () => {
  let store: RegistryStore;
  let applications: ApplicationService;
  let agents: FakeAgents;
  /** Instances that run although the admin does not know them. */
  let unknown: Set<string>;

  beforeEach(() => {
    const made = newRegistry();
    ({ store } = made);
    unknown = new Set();
    agents = new FakeAgents(({ unit }) =>
      unknown.has(unit)
        ? Promise.reject(new GivcError('ALREADY_EXISTS', `${unit} is loaded already`))
        : Promise.resolve(runningStatus(unit)),
    );
    const { lookup, reservations, calls, presence, config, log } = made;
    const states = new UnitStates(calls, presence, agents.connections);
    const vms = new VmService(lookup, calls, store, presence, agents.connections, states, config, log);
    applications = new ApplicationService(lookup, reservations, calls, presence, agents.connections, vms);
    store.put(agentEntry('chrome-vm'));
  });

  const start = (args: readonly string[] = []) => applications.start({ application, vm, args });
  const listed = () => [...store.entries()].filter(({ type }) => type.service === 'App').map(({ unit }) => unit);
  const asked = () => agents.asked.map(({ call, unit }) => `${call} ${unit}`);

  it('is started by the agent of its VM, with its arguments, and listed', async () => {
    expect(await start(['--new'])).toBe('clock@0.service');
    expect(agents.asked).toEqual([{ vm, call: 'startApplication', unit: 'clock@0.service', args: ['--new'] }]);
    expect(listed()).toEqual(['clock@0.service']);
  });

  it('has another number for each start, also for starts at the same moment', async () => {
    expect(await Promise.all([start(), start()])).toEqual(['clock@0.service', 'clock@1.service']);
    expect(await start()).toBe('clock@2.service');
  });

  it('releases its number when it cannot be started', async () => {
    const { answer } = agents;
    agents.answer = () => Promise.reject(new GivcError('PERMISSION_DENIED', 'not in the allowlist'));
    await expect(start()).rejects.toMatchObject({ reason: 'PERMISSION_DENIED' });
    expect(asked()).toHaveLength(1);
    agents.answer = () => Promise.reject(new Error('a bug'));
    await expect(start()).rejects.toThrow('a bug');
    expect(asked()).toHaveLength(2);
    agents.answer = answer;
    expect(await start()).toBe('clock@0.service');
  });

  it('is named in the error when it has failed', async () => {
    agents.answer = () => Promise.reject(new GivcError('FAILED_PRECONDITION', 'its job has failed'));
    await expect(start()).rejects.toMatchObject({
      reason: 'FAILED_PRECONDITION',
      message: 'its job has failed',
      info: { reason: 'INSTANCE_FAILED', metadata: { unit: 'clock@0.service' } },
    });
  });

  it('skips the numbers of running instances that the admin does not know, up to eight', async () => {
    for (let n = 0; n < 8; n++) unknown.add(`clock@${n}.service`);
    expect(await start()).toBe('clock@8.service');
    expect(listed()).toEqual(['clock@8.service']);
    store.remove('chrome-vm/clock@8.service');
    unknown.add('clock@8.service');
    await expect(start()).rejects.toMatchObject({
      reason: 'ALREADY_EXISTS',
      message: 'clock@8.service is loaded already',
    });
    unknown.clear();
    expect(await start()).toBe('clock@0.service');
  });

  it('has started successfully when it handed over to another instance and ended before its agent answers', async () => {
    agents.answer = ({ unit }) => Promise.resolve(stoppedStatus(unit));
    expect(await start()).toBe('clock@0.service');
    expect(listed()).toEqual([]);
    expect(await start()).toBe('clock@0.service');
  });

  it('cannot be started in an unknown VM', async () => {
    await expect(applications.start({ application, vm: vmNamed('no-vm'), args: [] })).rejects.toMatchObject({
      reason: 'NOT_FOUND',
    });
  });

  describe('that runs', () => {
    beforeEach(() => {
      for (const name of ['clock@0.service', 'clock@1.service', 'other@0.service'])
        store.put(unitEntry('chrome-vm', name, {}, 'App'));
    });

    it.each<
      [
        'pause' | 'resume' | 'stop',
        UnitRequestRecord['call'],
        (unit: UnitRequestRecord['unit']) => UnitStatus,
        string[],
      ]
    >([
      [
        'pause',
        'freezeUnit',
        (unit) => runningStatus(unit, { FreezerState: 'frozen' }),
        ['Paused', 'Paused', 'Running'],
      ],
      ['resume', 'thawUnit', (unit) => runningStatus(unit), ['Running', 'Running', 'Running']],
      ['stop', 'stopUnit', (unit) => stoppedStatus(unit), ['Running']],
    ])(
      'gets a %s by %s in all its instances, and the returned states are in the registry',
      async (verb, call, become, states) => {
        agents.answer = ({ unit }) => Promise.resolve(become(unit));
        await applications[verb]({ selector: all, vm });
        expect(asked()).toEqual([`${call} clock@0.service`, `${call} clock@1.service`]);
        const items = store.items().filter(({ ServiceType }) => ServiceType === 'App');
        expect(items.map(({ VmStatus }) => VmStatus)).toEqual(states);
      },
    );

    it('is stopped in one instance when that is named, without a VM', async () => {
      await applications.stop({ selector: { kind: 'one', unit: unitNamed('clock@1.service') }, vm: undefined });
      expect(asked()).toEqual(['stopUnit clock@1.service']);
    });

    it('is stopped in all other instances when one cannot be stopped, and the call fails', async () => {
      agents.answer = ({ unit }) =>
        unit === 'clock@0.service'
          ? Promise.reject(new GivcError('FAILED_PRECONDITION', 'it does not end'))
          : Promise.resolve(stoppedStatus(unit));
      await expect(applications.stop({ selector: all, vm })).rejects.toMatchObject({ message: 'it does not end' });
      expect(listed()).toEqual(['clock@0.service', 'other@0.service']);
    });

    it('cannot be stopped where it does not run', async () => {
      await expect(applications.stop({ selector: all, vm: vmNamed('gui-vm') })).rejects.toMatchObject({
        reason: 'NOT_FOUND',
      });
      expect(asked()).toEqual([]);
    });
  });
});
