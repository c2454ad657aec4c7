// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { admin as adminMessages, type admin } from '@givc/rpc';
import type { EncodedList } from './encoded-items.js';
import { itemOf, keyOf, sameItem, type RegistryEntry } from './registry-entry.js';
import { agentEntry, unitEntry, unitNamed, vmNamed } from './registry.fixture.js';
import { RegistryStore } from './registry-store.js';

const listed = ({ response }: EncodedList) => adminMessages.QueryListResponse.decode(response.frame.subarray(5)).List;

describe('the rows of the registry', () => {
  let store: RegistryStore;
  let received: string[];

  beforeEach(() => {
    store = new RegistryStore();
    received = [];
    store.onChange(({ kind, key, item, entry }) => received.push(`${kind} ${key} ${item.Description} ${entry.unit}`));
  });

  const described = (entry: RegistryEntry, Description: string): RegistryEntry => ({
    ...entry,
    status: { ...entry.status, Description },
  });
  const web = unitEntry('net-vm', 'web.service');

  it('are added, updated and removed, and listeners receive each change once', () => {
    store.put(described(web, 'one'));
    store.put(described(web, 'two'));
    store.remove(keyOf(web));
    expect(received).toEqual([
      'Added net-vm/web.service one web.service',
      'Updated net-vm/web.service two web.service',
      'Removed net-vm/web.service two web.service',
    ]);
    expect(store.get(web.machine, web.unit)).toBeUndefined();
    expect([...store.entries()]).toEqual([]);
  });

  it('are reported as removed with their final state', () => {
    const paused: RegistryEntry = { ...web, status: { ...web.status, FreezerState: 'frozen' } };
    const states: string[] = [];
    store.onChange(({ kind, item, entry }) => states.push(`${kind} ${item.VmStatus} ${entry.status.ActiveState}`));
    store.put(paused);
    store.remove(keyOf(web), { ...web.status, ActiveState: 'failed', SubState: 'failed' });
    store.put(agentEntry('net-vm'));
    store.put(paused);
    store.removeMachine(vmNamed('net-vm'));
    expect(states.filter((state) => state.startsWith('Removed'))).toEqual([
      'Removed PoweredOff failed',
      'Removed PoweredOff inactive',
      'Removed PoweredOff inactive',
    ]);
  });

  it('do not notify listeners when an entry is put unchanged or an unknown one is removed', () => {
    store.put(web);
    store.put({ ...web, status: { ...web.status } });
    store.remove('net-vm/other.service');
    expect(received).toEqual(['Added net-vm/web.service web.service web.service']);
  });

  it('notify listeners of puts after listeners of changes, even if no caller of QueryList can see the change', () => {
    const order: string[] = [];
    store.onChange(({ kind }) => order.push(kind));
    store.onPut(({ revision }) => order.push(`put ${revision}`));
    store.put({ ...web, revision: 1 });
    store.put({ ...web, revision: 2 });
    store.remove(keyOf(web));
    expect(order).toEqual(['Added', 'put 1', 'put 2', 'Removed']);
  });

  it('are replaced even by an entry with an equal item', () => {
    store.put({ ...web, revision: 1 });
    store.put({ ...web, revision: 2 });
    expect(store.get(web.machine, web.unit)).toMatchObject({ revision: 2 });
  });

  it('are listed in the order of their registration, by the same encoded list until an item changes', () => {
    store.put(agentEntry('net-vm'));
    store.put(web);
    const list = store.list();
    expect(listed(list).map(({ Name }) => Name)).toEqual(['givc-net-vm.service', 'web.service']);
    store.put({ ...web, revision: 2 });
    expect(store.list()).toBe(list);
    store.put(described(agentEntry('net-vm'), 'new'));
    expect(listed(store.list()).map(({ Description }) => Description)).toEqual(['new', 'web.service']);
    store.remove(keyOf(agentEntry('net-vm')));
    expect(listed(store.list()).map(({ Name }) => Name)).toEqual(['web.service']);
    expect(listed(list).map(({ Name }) => Name)).toEqual(['givc-net-vm.service', 'web.service']);
  });

  it('are kept apart for two machines whose units have the same name', () => {
    store.put(described(web, 'one'));
    store.put(described(unitEntry('gui-vm', 'web.service'), 'two'));
    store.remove(keyOf(web));
    expect(store.get(vmNamed('gui-vm'), unitNamed('web.service'))?.status.Description).toBe('two');
  });

  it('notify a listener of the changes during its subscription, but not of the one in progress', () => {
    const later: string[] = [];
    let stop = () => {};
    const stopFirst = store.onChange(() => {
      stop = store.onChange(({ item }) => later.push(item.Description));
      stopFirst();
    });
    store.put(described(web, 'one'));
    store.put(described(web, 'two'));
    stop();
    store.put(described(web, 'three'));
    expect(later).toEqual(['two']);
    expect(received).toHaveLength(3);
  });

  describe('with their limits', () => {
    const fill = (machine: string, units: number) => {
      for (let n = 0; n < units; n++) store.put(unitEntry(machine, `u${n}.service`));
    };

    it('are limited to 1,000 units for each machine, without an effect on other machines', () => {
      fill('net-vm', 1_000);
      const more = unitEntry('net-vm', 'more.service');
      expect(() => store.put(more)).toThrow(
        expect.objectContaining({
          reason: 'RESOURCE_EXHAUSTED',
          message: 'net-vm has registered 1000 units, the maximum',
        }) as Error,
      );
      expect(store.get(more.machine, more.unit)).toBeUndefined();
      store.put(described(unitEntry('net-vm', 'u7.service'), 'changed'));
      store.put(unitEntry('gui-vm', 'more.service'));
      expect(store.items()).toHaveLength(1_001);
    });

    it('have room for another unit of a machine when one of its units is removed', () => {
      fill('net-vm', 1_000);
      store.remove(keyOf(unitEntry('net-vm', 'u7.service')));
      store.put(unitEntry('net-vm', 'more.service'));
      expect(() => store.put(unitEntry('net-vm', 'evenmore.service'))).toThrow('1000 units');
    });

    it('are limited to 256 machines, without an effect on known machines', () => {
      for (let n = 0; n < 256; n++) store.put(agentEntry(`vm-${n}`));
      expect(() => store.put(agentEntry('one-more'))).toThrow(
        expect.objectContaining({
          reason: 'RESOURCE_EXHAUSTED',
          message: '256 machines are registered, the maximum',
        }) as Error,
      );
      store.put(unitEntry('vm-0', 'web.service'));
      store.put(described(agentEntry('vm-0'), 'changed'));
      expect(store.items()).toHaveLength(257);
    });

    it('have room for another machine once the last unit of a machine is removed, and not before', () => {
      for (let n = 0; n < 256; n++) store.put(agentEntry(`vm-${n}`));
      store.put(unitEntry('vm-7', 'web.service'));
      store.remove(keyOf(unitEntry('vm-7', 'web.service')));
      expect(() => store.put(agentEntry('one-more'))).toThrow('256 machines');
      store.remove(keyOf(agentEntry('vm-7')));
      store.put(agentEntry('one-more'));
      expect(() => store.put(agentEntry('vm-7'))).toThrow('256 machines');
    });
  });

  describe('as a list', () => {
    const longest = (machine: string, index: number) =>
      described(unitEntry(machine, `${'u'.repeat(240)}-${index}.service`), '\u20ac'.repeat(512));
    /** Whether the entry could be added. */
    const put = (entry: RegistryEntry): boolean => {
      try {
        store.put(entry);
        return true;
      } catch (error) {
        expect(error).toMatchObject({ reason: 'RESOURCE_EXHAUSTED' });
        return false;
      }
    };

    it('fits into one message, of which one machine uses at most an eighth', () => {
      const taken = Array.from({ length: 12 }, (_, machine) => {
        let index = 0;
        while (index < 1_000 && put(longest(`vm-${machine}`, index))) index++;
        return index;
      });
      expect(taken[0]).toBeGreaterThan(100);
      expect(taken[0]).toBeLessThan(1_000);
      expect(taken[7]).toBe(taken[0]);
      expect(store.list().response.length).toBeLessThan(4 * 1_024 * 1_024);
    });

    it('does not exceed that by changes, and has room again after removals', () => {
      const short = (index: number) => unitEntry('net-vm', `${'u'.repeat(240)}-${index}.service`);
      for (let index = 0; index < 600; index++) store.put(short(index));
      let grown = 0;
      while (grown < 600 && put(longest('net-vm', grown))) grown++;
      expect(grown).toBeLessThan(600);
      expect(store.get(vmNamed('net-vm'), short(grown).unit)).toEqual(short(grown));
      store.remove(keyOf(short(0)));
      expect(put(longest('net-vm', grown))).toBe(true);
      store.removeMachine(vmNamed('net-vm'));
      expect(put(longest('net-vm', 0))).toBe(true);
    });
  });
});

describe('an item of the registry', () => {
  const lost = { state: 'lost', reason: '' } as const;
  const web = unitEntry('net-vm', 'web.service');

  it.each<[string, RegistryEntry, string, string]>([
    ['a unit that runs', web, 'Running', 'Svc'],
    ['an agent that is lost, whatever it said last', agentEntry('net-vm', { presence: lost }), 'PoweredOff', 'Mgr'],
    ['a unit that is frozen', { ...web, status: { ...web.status, FreezerState: 'frozen' } }, 'Paused', 'Svc'],
  ])('has the state of %s', (_, entry, VmStatus, ServiceType) => {
    expect(itemOf(entry)).toEqual({
      Name: entry.unit,
      Description: entry.unit,
      VmStatus,
      TrustLevel: 'Warning',
      VmType: 'SysVM',
      ServiceType,
      VmName: 'net-vm',
      AgentName: 'givc-net-vm.service',
    });
  });

  it.each<keyof admin.QueryListItem>([
    ...(['Description', 'VmStatus', 'TrustLevel', 'VmType', 'ServiceType', 'VmName', 'AgentName'] as const),
  ])('differs when its %s differs', (field) => {
    expect(sameItem(itemOf(web), { ...itemOf(web), [field]: 'other' })).toBe(false);
    expect(sameItem(itemOf(web), { ...itemOf(web) })).toBe(true);
  });
});
