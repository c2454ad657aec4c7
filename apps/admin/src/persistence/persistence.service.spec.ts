// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { HealthStatuses } from '@givc/rpc';
import { vmUnit, type VmName } from '@givc/model';
import { FakeAgents } from '../agents/agents.fixture.js';
import { PersistenceService } from './persistence.service.js';
import { agentEntry, newRegistry, unitEntry, vmNamed } from '../registry/registry.fixture.js';
import { keyOf, type RegistryEntry } from '../registry/registry-entry.js';
import { formatSnapshot } from './registry-snapshot.js';
import { MemoryStorage } from './memory-storage.fixture.js';
import { NoStorage, type RegistryStorage } from './registry-storage.js';
import type { RegistryStore } from '../registry/registry-store.js';

const [netVm, guiVm] = [vmNamed('net-vm'), vmNamed('gui-vm')];

describe('the registry that outlives the admin', () => {
  let storage: MemoryStorage;

  beforeEach(() => {
    jest.useFakeTimers();
    storage = new MemoryStorage();
  });
  afterEach(() => jest.useRealTimers());

  const start = async (given: RegistryStorage = storage, dialling?: (vm: VmName) => void) => {
    const made = newRegistry({ services: [vmUnit(vmNamed('host'))] });
    const healths: string[] = [];
    const health = { set: (name: string, serving: boolean) => healths.push(`${name} ${serving}`) };
    const agents = new FakeAgents(() => new Promise(() => undefined));
    const { connections } = agents;
    const connectionOf = connections.connection;
    connections.connection = (vm) => {
      dialling?.(vm);
      return connectionOf(vm);
    };
    const persistence = new PersistenceService(
      ...([made.restorer, made.hostElection, made.store, made.presence, connections] as const),
      ...([health as unknown as HealthStatuses, made.log, given] as const),
    );
    persistence.onModuleInit();
    await persistence.onApplicationBootstrap();
    return { ...made, persistence, agents, healths };
  };
  const keep = (...entries: RegistryEntry[]) => (storage.text = formatSnapshot({ hostName: vmNamed('host'), entries }));
  /** The units in the storage, with the boot id of their machine where it is known. */
  const kept = () =>
    (JSON.parse(storage.text!) as { entries: RegistryEntry[] }).entries.map(
      ({ unit, bootId = '' }) => `${unit} ${bootId}`,
    );
  /** The number of writes after this time. */
  const writesAfter = async (ms: number): Promise<number> => {
    await jest.advanceTimersByTimeAsync(ms);
    return storage.writes;
  };

  it.each<[string, (store: RegistryStore) => void, string[]]>([
    ['is added', (store) => store.put(unitEntry('net-vm', 'web.service')), ['givc-net-vm.service old', 'web.service ']],
    [
      'changes invisibly for callers',
      (store) => store.put(agentEntry('net-vm', { bootId: 'new' })),
      ['givc-net-vm.service new'],
    ],
    ['is removed', (store) => store.remove(keyOf(agentEntry('net-vm'))), []],
  ])('is written 100 ms after an entry %s', async (_, change, expected) => {
    const { store } = await start();
    store.put(agentEntry('net-vm', { bootId: 'old' }));
    expect(await writesAfter(60_000)).toBe(1);
    change(store);
    expect(await writesAfter(99)).toBe(1);
    expect(await writesAfter(1)).toBe(2);
    expect(kept()).toEqual(expected);
  });

  it('is not written for an unchanged entry', async () => {
    const { store } = await start();
    store.put(agentEntry('net-vm'));
    expect(await writesAfter(60_000)).toBe(1);
    store.put(agentEntry('net-vm'));
    expect(await writesAfter(100)).toBe(1);
    store.put(agentEntry('gui-vm'));
    expect(await writesAfter(100)).toBe(2);
  });

  it('is written for the last time when the admin stops', async () => {
    const { store, persistence } = await start();
    store.put(agentEntry('net-vm'));
    await persistence.onApplicationShutdown();
    expect(kept()).toEqual(['givc-net-vm.service ']);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('is written again 5 s after a failed write; the failure and the recovery are logged once each', async () => {
    const { store, lines } = await start();
    const [fails, heals] = [
      'error: the registry cannot be stored error="the disk is full"',
      'info: the registry is stored again',
    ];
    storage.isFull = true;
    store.put(agentEntry('net-vm'));
    expect(await writesAfter(100)).toBe(1);
    expect(await writesAfter(4_999)).toBe(1);
    expect(await writesAfter(1)).toBe(2);
    expect(lines).toEqual([fails]);
    storage.isFull = false;
    expect(await writesAfter(5_000)).toBe(3);
    expect(lines).toEqual([fails, heals]);
    store.put(agentEntry('gui-vm'));
    expect(await writesAfter(2_000)).toBe(4);
    expect(lines).toEqual([fails, heals]);
    storage.isFull = true;
    store.put(agentEntry('app-vm'));
    expect(await writesAfter(2_000)).toBe(5);
    expect(lines).toEqual([fails, heals, fails]);
  });

  it('is not stored by an admin without a storage', async () => {
    const made = newRegistry();
    const healths: boolean[] = [];
    const health = { set: (_: string, serving: boolean) => healths.push(serving) } as unknown as HealthStatuses;
    const agents = new FakeAgents(() => new Promise(() => undefined));
    const persistence = new PersistenceService(
      ...([
        made.restorer,
        made.hostElection,
        made.store,
        made.presence,
        agents.connections,
        health,
        made.log,
        new NoStorage(),
      ] as const),
    );
    persistence.onModuleInit();
    await persistence.onApplicationBootstrap();
    made.store.put(agentEntry('net-vm'));
    await persistence.onApplicationShutdown();
    expect(healths).toEqual([true]);
    expect(jest.getTimerCount()).toBe(0);
  });

  describe('after a restart', () => {
    const lost = (store: RegistryStore) =>
      [...store.entries()].filter(({ presence }) => presence?.state === 'lost').map(({ vm }) => vm);

    it('is restored with its host, its agents are dialled, and health reports unconfirmed agents', async () => {
      keep(agentEntry('net-vm'), unitEntry('net-vm', 'web.service'), agentEntry('gui-vm'));
      const { store, hostElection, agents, healths, lines } = await start();
      expect(store.items().map(({ Name, VmStatus }) => `${Name} ${VmStatus}`)).toEqual([
        'givc-net-vm.service Running',
        'web.service Running',
        'givc-gui-vm.service Running',
      ]);
      expect(hostElection.name).toBe('host');
      expect(agents.connections.all().map(({ vm }) => vm)).toEqual(['net-vm', 'gui-vm']);
      expect(healths).toEqual(['givc.registry false']);
      expect(lines).toEqual([
        expect.stringMatching(/^warn: the host was restored from the state directory; .* vm=host$/),
        'info: registry restored, not yet confirmed entries=3',
      ]);
      expect(storage.isClean).toBe(true);
    });

    it('loses only the agents that have neither reported nor answered within a second', async () => {
      keep(agentEntry('net-vm'), agentEntry('gui-vm'), agentEntry('app-vm'));
      const { store, presence, healths } = await start();
      presence.handle(guiVm, { kind: 'answered' });
      store.remove(keyOf(agentEntry('app-vm')));
      await jest.advanceTimersByTimeAsync(999);
      expect(lost(store)).toEqual([]);
      expect(healths).toEqual(['givc.registry false', 'givc.registry false', 'givc.registry false']);
      await jest.advanceTimersByTimeAsync(1);
      expect(lost(store)).toEqual(['net-vm']);
      expect(healths.slice(3)).toEqual(['givc.registry true']);
    });

    const manyAgents = Array.from({ length: 20 }, (_, n) => `vm-${n}`);

    it('loses no agent while others report or answer, because the machine may be slow', async () => {
      keep(agentEntry('net-vm'), ...manyAgents.slice(0, 4).map((name) => agentEntry(name)));
      const { store, presence } = await start();
      for (const name of manyAgents.slice(0, 4)) {
        await jest.advanceTimersByTimeAsync(900);
        presence.handle(vmNamed(name), { kind: 'answered' });
      }
      await jest.advanceTimersByTimeAsync(999);
      expect(lost(store)).toEqual([]);
      await jest.advanceTimersByTimeAsync(1);
      expect(lost(store)).toEqual(['net-vm']);
    });

    it('loses an agent after five seconds, whatever others do', async () => {
      keep(agentEntry('net-vm'), ...manyAgents.map((name) => agentEntry(name)));
      const { store, presence, persistence } = await start();
      for (const name of manyAgents.slice(0, 9)) {
        await jest.advanceTimersByTimeAsync(500);
        presence.handle(vmNamed(name), { kind: 'answered' });
      }
      await jest.advanceTimersByTimeAsync(499);
      expect(lost(store)).toEqual([]);
      await jest.advanceTimersByTimeAsync(1);
      expect(lost(store)).toEqual(['net-vm', ...manyAgents.slice(9)]);
      await persistence.onApplicationShutdown();
    });

    it('is confirmed once by each of its agents', async () => {
      keep(agentEntry('net-vm'), unitEntry('net-vm', 'web.service'), unitEntry('gui-vm', 'web.service'));
      const { store, presence, healths } = await start();
      store.put(unitEntry('net-vm', 'web.service', { stopRequested: true }));
      presence.handle(netVm, { kind: 'streamEnded' });
      expect(healths).toEqual(['givc.registry false']);
      presence.handle(netVm, { kind: 'answered' });
      presence.handle(netVm, { kind: 'missed', reason: 'it does not answer' });
      expect(healths).toEqual(['givc.registry false', 'givc.registry true']);
    });

    it('loses no agent once the admin has stopped', async () => {
      keep(agentEntry('net-vm'));
      const { store, persistence } = await start();
      await persistence.onApplicationShutdown();
      await jest.advanceTimersByTimeAsync(60_000);
      expect(lost(store)).toEqual([]);
    });

    it('starts no timer when no agent has to be confirmed', async () => {
      keep();
      const { healths } = await start();
      expect(healths).toEqual(['givc.registry true']);
      expect(jest.getTimerCount()).toBe(0);
    });

    it('is restored without a damaged entry, which the log names', async () => {
      storage.text = keep(agentEntry('net-vm'), agentEntry('gui-vm')).replace('"Port":"9000"', '"Port":"x"');
      const { store, lines } = await start();
      expect([...store.entries()].map(({ vm }) => vm)).toEqual(['gui-vm']);
      expect(storage.aside).toBeUndefined();
      expect(lines).toEqual([
        expect.stringMatching(/^warn: registry not restored as a whole warning=.*entries\[0\].endpoint.Port/),
        expect.stringContaining('the host was restored'),
        'info: registry restored, not yet confirmed entries=1',
      ]);
    });

    it('is restored up to its limits when the file has more entries', async () => {
      keep(...Array.from({ length: 257 }, (_, index) => agentEntry(`vm-${index}`)));
      const { store, lines } = await start();
      expect([...store.entries()]).toHaveLength(256);
      expect(lines[1]).toMatch(/^warn: entry not restored unit=givc-vm-256.service vm=vm-256 error=/);
    });

    it('loses an agent that cannot be dialled, and dials the others', async () => {
      keep(agentEntry('net-vm'), agentEntry('gui-vm'));
      const { store, agents, lines } = await start(storage, (vm) => {
        if (vm === 'net-vm') throw new TypeError('something is wrong with it');
      });
      expect(lost(store)).toEqual(['net-vm']);
      expect(agents.connections.all().map(({ vm }) => vm)).toEqual(['gui-vm']);
      expect(lines).toContain('error: agent cannot be dialled vm=net-vm error="something is wrong with it"');
    });

    it('is empty when its file is damaged, and the file is set aside', async () => {
      storage.text = '{';
      const { store, lines } = await start();
      expect([...store.entries()]).toEqual([]);
      expect(storage.aside).toBe('{');
      expect(lines).toEqual([
        expect.stringMatching(/^error: the stored registry cannot be read and is set aside aside=\/aside error=.*JSON/),
      ]);
    });

    it('is empty when the damaged file cannot be set aside, which is logged', async () => {
      storage.text = '{';
      storage.obstacle = 'something is in the way';
      const { store, lines } = await start();
      expect([...store.entries()]).toEqual([]);
      expect(lines).toEqual([
        expect.stringMatching(
          /^error: .* neither be read nor set aside error=.*JSON.* cause="something is in the way"$/,
        ),
      ]);
    });
  });
});
