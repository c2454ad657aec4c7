import type { VmName } from '@givc/model';
import { agentRegistration, newRegistry, vmNamed } from './registry.fixture.js';
import type { Registrant } from './registration.js';

const netVm = vmNamed('net-vm');

const at = (port: number, bootId?: string) => {
  const address = { protocol: 'tcp', host: '127.0.0.1', port } as const;
  return agentRegistration('net-vm', { endpoint: { name: netVm, address }, bootId });
};

describe('an agent that registers from another port each time', () => {
  let { registry, presence, agentOf } = newRegistry();
  let registrant: Registrant;
  /** The ports at which it was dialled, in order. */
  let dialled: (number | undefined)[];
  let late: number[];
  let isOpen: boolean;

  beforeEach(() => {
    jest.useFakeTimers();
    ({ registry, presence, agentOf } = newRegistry());
    [dialled, late, isOpen] = [[], [], true];
    presence.onRegistered(({ endpoint }) => {
      const port = endpoint?.address.protocol === 'tcp' ? endpoint.address.port : undefined;
      if (dialled.at(-1) !== port) dialled.push(port);
    });
    registrant = { peer: undefined, reports: false, isOpen: () => isOpen, onLate: (count) => void late.push(count) };
  });
  afterEach(() => jest.useRealTimers());

  const portOf = (vm: VmName) => {
    const address = agentOf(vm)?.endpoint?.address;
    return address?.protocol === 'tcp' ? address.port : undefined;
  };

  it('is taken over at once a few times, and then where it was last, every other second', () => {
    const changes = Array.from({ length: 1_000 }, (_, n) => registry.register(at(1_000 + n), registrant));
    expect(changes.filter(Boolean)).toHaveLength(11);
    expect([dialled.length, portOf(netVm)]).toEqual([11, 1_010]);
    jest.advanceTimersByTime(2_000);
    expect([dialled.length, portOf(netVm), late]).toEqual([12, 1_999, [989]]);
    for (let second = 0; second < 20; second++) {
      registry.register(at(second % 2 ? 1_000 : 2_000), registrant);
      jest.advanceTimersByTime(1_000);
    }
    expect(dialled.length).toBeLessThanOrEqual(12 + 10);
    expect(late.reduce((sum, count) => sum + count, 0)).toBeGreaterThan(990);
  });

  it('stays where it is when it registers from there again before it is taken over elsewhere', () => {
    for (let n = 0; n < 20; n++) registry.register(at(1_000 + n), registrant);
    registry.register(at(1_010), registrant);
    jest.advanceTimersByTime(60_000);
    expect([portOf(netVm), late]).toEqual([1_010, []]);
  });

  it('is slowed down alike when it says each time that it has booted', () => {
    for (let n = 0; n < 100; n++) registry.register(at(1_000, `boot-${n}`), registrant);
    expect(agentOf(netVm)?.bootId).toBe('boot-10');
    jest.advanceTimersByTime(2_000);
    expect(agentOf(netVm)?.bootId).toBe('boot-99');
  });

  it.each([
    ['reporting', true],
    ['lost', false],
  ])('is %s afterwards if its reports began with that and their stream is open: %s', (state, stillOpen) => {
    for (let n = 0; n < 11; n++) registry.register(at(1_000 + n), registrant);
    registry.register(at(1_010), { ...registrant, reports: true });
    presence.hear(netVm, { kind: 'streamEnded' });
    registry.register(at(3_000), { ...registrant, reports: true });
    isOpen = stillOpen;
    jest.advanceTimersByTime(2_000);
    expect([portOf(netVm), presence.of(netVm)?.state]).toEqual([3_000, state]);
  });

  it('is not taken over any more once its VM has stopped', () => {
    for (let n = 0; n < 20; n++) registry.register(at(1_000 + n), registrant);
    registry.store.removeMachine(netVm);
    jest.advanceTimersByTime(60_000);
    expect([agentOf(netVm), late]).toEqual([undefined, []]);
  });
});
