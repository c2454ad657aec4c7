// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { GivcError, type Endpoint } from '@givc/model';
import { GrpcDialer, RpcChannel, type ChannelState } from '@givc/rpc';
import {
  agentEntry,
  agentRegistration,
  endpointOf,
  newRegistry,
  unitEntry,
  unitRegistration,
  vmNamed,
} from '../registry/registry.fixture.js';
import { keyOf } from '../registry/registry-entry.js';
import type { PresenceService } from '../presence/presence.service.js';
import type { RegistryRestorer } from '../persistence/registry-restorer.js';
import type { RegistrationService } from '../registration/registration.service.js';
import type { RegistryStore } from '../registry/registry-store.js';
import { AgentConnection } from './agent-connection.js';
import { AgentConnections } from './agent-connections.js';

const vm = vmNamed('net-vm');

describe('the connections to agents', () => {
  let registration: RegistrationService;
  let restorer: RegistryRestorer;
  let store: RegistryStore;
  let presence: PresenceService;
  let agents: AgentConnections;
  /** The operations on channels, as `VERB ADDRESS`. */
  let done: string[];
  let note: (verb: string) => (this: { readonly endpoint: Endpoint }) => void;
  let states: string[];
  let state: ChannelState;
  let listeners: ((state: ChannelState) => void)[];

  beforeEach(() => {
    [done, states, listeners, state] = [[], [], [], 'READY'];
    note = (verb) =>
      function (this: { readonly endpoint: Endpoint }) {
        const { address } = this.endpoint;
        done.push(`${verb} ${address.protocol === 'tcp' ? address.port : ''}`);
      };
    jest.spyOn(RpcChannel.prototype, 'keepConnected').mockImplementation(note('connect'));
    jest.spyOn(RpcChannel.prototype, 'close').mockImplementation(note('close'));
    jest.spyOn(RpcChannel.prototype, 'state', 'get').mockImplementation(() => state);
    jest.spyOn(RpcChannel.prototype, 'onState').mockImplementation((listener) => void listeners.push(listener));
    const made = newRegistry();
    ({ registration, restorer, store, presence } = made);
    agents = new AgentConnections(made.lookup, presence, new GrpcDialer(undefined));
    agents.onState((machine, to) => states.push(`${machine} ${to}`));
  });
  afterEach(() => jest.restoreAllMocks());

  const register = (port = 9_000) =>
    registration.register(agentRegistration('net-vm', { endpoint: endpointOf(vm, port) }), {
      peer: undefined,
      reports: false,
    });

  it('are opened when an agent registers, and kept when it registers again', () => {
    register();
    const connection = agents.connection(vm);
    register();
    registration.register(unitRegistration('net-vm', 'web.service'), { peer: undefined, reports: false });
    expect(agents.connection(vm)).toBe(connection);
    expect(agents.all()).toEqual([connection]);
    expect(done).toEqual(['connect 9000']);
  });

  it.each<[ChannelState, boolean]>([
    ['READY', true],
    ['CONNECTING', true],
    ['IDLE', false],
    ['TRANSIENT_FAILURE', false],
  ])('are kept when they are %s and their agent registers again: %s', (now, isKept) => {
    register();
    state = now;
    register();
    expect(done).toEqual(isKept ? ['connect 9000'] : ['connect 9000', 'close 9000', 'connect 9000']);
  });

  it.each([true, false])('are opened again when a lost agent is back, whatever their state: %s', (reports) => {
    register();
    presence.handle(vm, { kind: 'missed', reason: 'it does not answer' });
    registration.register(agentRegistration('net-vm'), { peer: undefined, reports });
    expect(done).toEqual(['connect 9000', 'close 9000', 'connect 9000']);
  });

  describe('to a lost agent that reports again', () => {
    const report = (bootId: string) =>
      registration.register(agentRegistration('net-vm', { bootId }), { peer: undefined, reports: true });
    const lose = () => presence.handle(vm, { kind: 'streamEnded' });
    const verified = () => jest.spyOn(AgentConnection.prototype, 'verify').mockImplementation(note('verify'));

    it.each([
      ['kept and verified when it reports the same boot', 'boot 1', ['verify 9000']],
      ['opened again when it reports another boot', 'boot 2', ['close 9000', 'connect 9000']],
      ['opened again when it does not report its boot', '', ['close 9000', 'connect 9000']],
    ])('are %s', (_, boot, then) => {
      verified();
      report(boot && 'boot 1');
      lose();
      report(boot);
      expect(done).toEqual(['connect 9000', ...then]);
    });

    it('are opened again when the verification fails', () => {
      verified();
      report('boot 1');
      lose();
      state = 'TRANSIENT_FAILURE';
      report('boot 1');
      expect(done).toEqual(['connect 9000', 'close 9000', 'connect 9000']);
    });

    it('are opened again when the agent had left the registry meanwhile', () => {
      verified();
      report('boot 1');
      store.removeMachine(vm);
      report('boot 1');
      expect(done).toEqual(['connect 9000', 'close 9000', 'connect 9000']);
    });

    it('are opened again for another boot even when the agent was not lost because the admin slept meanwhile', () => {
      verified();
      report('boot 1');
      report('boot 2');
      expect(done).toEqual(['connect 9000', 'close 9000', 'connect 9000']);
    });

    it('are neither verified nor opened again while the agent is not lost', () => {
      verified();
      report('boot 1');
      report('boot 1');
      expect(done).toEqual(['connect 9000']);
    });
  });

  it('are opened again a few times at once, then every two seconds, for an agent that is repeatedly lost and back', () => {
    jest.useFakeTimers();
    try {
      for (let n = 0; n < 500; n++) {
        registration.register(agentRegistration('net-vm'), { peer: undefined, reports: true, isOpen: () => true });
        presence.handle(vm, { kind: 'streamEnded' });
        jest.advanceTimersByTime(20);
      }
      expect(done.filter((one) => one === 'connect 9000').length).toBeLessThanOrEqual(11 + 5);
    } finally {
      jest.useRealTimers();
    }
  });

  describe('for a long call', () => {
    const answersWith = (error?: GivcError) =>
      jest
        .spyOn(RpcChannel.prototype, 'unary')
        .mockImplementation(() => (error ? Promise.reject(error) : Promise.resolve({ UnitStatus: undefined })));
    const miss = () => presence.handle(vm, { kind: 'missed', reason: 'it does not answer' });

    it('are reused without a check when the agent is present', async () => {
      const asked = answersWith();
      register();
      expect(await agents.forLongCall(vm)).toBe(agents.connection(vm));
      expect(asked).not.toHaveBeenCalled();
    });

    it('are unavailable when the agent is lost and does not answer', async () => {
      answersWith(new GivcError('DEADLINE_EXCEEDED', 'late'));
      register();
      miss();
      await expect(agents.forLongCall(vm)).rejects.toMatchObject({
        reason: 'UNAVAILABLE',
        message: 'the agent of net-vm is lost, and does not answer',
      });
      expect(presence.of(vm)?.state).toBe('lost');
    });

    it('are unavailable at once for a short call, with the time of the loss, while the agent is lost', () => {
      jest.useFakeTimers({ now: Date.UTC(2026, 0, 2, 3, 4, 5, 600) });
      try {
        answersWith(new GivcError('DEADLINE_EXCEEDED', 'late'));
        register();
        expect(agents.forShortCall(vm)).toBe(agents.connection(vm));
        miss();
        jest.advanceTimersByTime(60_000);
        miss();
        expect(() => agents.forShortCall(vm)).toThrow(
          expect.objectContaining({
            reason: 'UNAVAILABLE',
            message: expect.stringMatching(/^the agent of net-vm is lost since 2026-01-02T03:04:05Z: ./) as string,
          }) as Error,
        );
      } finally {
        jest.useRealTimers();
      }
    });

    it('are available again after such a short call when the agent answers the check', async () => {
      answersWith(new GivcError('NOT_FOUND', 'unknown unit'));
      register();
      miss();
      expect(() => agents.forShortCall(vm)).toThrow('is lost since');
      await new Promise(setImmediate);
      expect(agents.forShortCall(vm)).toBe(agents.connection(vm));
    });

    it.each([new GivcError('NOT_FOUND', 'unknown unit'), new GivcError('PERMISSION_DENIED', 'forbidden')])(
      'mark a lost agent as present when it answers, also by %s',
      async (error) => {
        answersWith(error);
        register();
        miss();
        expect(await agents.forLongCall(vm)).toBe(agents.connection(vm));
        expect(presence.of(vm)?.state).toBe('polled');
      },
    );
  });

  it('are opened again when the agent registers another address', () => {
    register();
    register(9_001);
    expect(done).toEqual(['connect 9000', 'close 9000', 'connect 9001']);
    expect(agents.all()).toHaveLength(1);
  });

  it('are opened at the first call to a restored agent', () => {
    store.put(agentEntry('net-vm'));
    expect(agents.all()).toEqual([]);
    expect(agents.connection(vm)).toBe(agents.connection(vm));
    expect(done).toEqual(['connect 9000']);
    expect(() => agents.connection(vmNamed('no-vm'))).toThrow(
      expect.objectContaining({ reason: 'NOT_FOUND' }) as Error,
    );
  });

  it('are closed when their agent leaves the registry, not when it is lost or when one of its units leaves', () => {
    register();
    store.put(unitEntry('net-vm', 'web.service'));
    store.remove(keyOf(unitEntry('net-vm', 'web.service')));
    presence.handle(vm, { kind: 'missed', reason: 'it does not answer' });
    expect(done).toEqual(['connect 9000']);
    store.remove(keyOf(agentEntry('net-vm')));
    expect(done).toEqual(['connect 9000', 'close 9000']);
    expect(agents.all()).toEqual([]);
  });

  it('are all closed with the admin', () => {
    register();
    registration.register(agentRegistration('gui-vm', { endpoint: endpointOf(vmNamed('gui-vm'), 9_001) }), {
      peer: undefined,
      reports: false,
    });
    agents.onApplicationShutdown();
    expect(done.slice(2)).toEqual(['close 9000', 'close 9001']);
    expect(agents.all()).toEqual([]);
  });

  it('report state changes of the current connection only, not of an earlier one', () => {
    register();
    listeners[0]!('READY');
    register(9_001);
    listeners[0]!('IDLE');
    listeners[1]!('CONNECTING');
    expect(states).toEqual(['net-vm READY', 'net-vm CONNECTING']);
  });

  it('are independent: when an endpoint cannot be dialled, its calls fail and only its agent is lost', async () => {
    const endpoint = endpointOf(vm, 1);
    jest.spyOn(GrpcDialer.prototype, 'dial').mockImplementationOnce(() => {
      throw new GivcError('INVALID_ARGUMENT', 'there is no such address');
    });
    const peer = { peer: undefined, reports: false };
    // The entry that an earlier run of the admin may have stored.
    restorer.restore(undefined, [agentEntry('net-vm', { endpoint })]);
    agents.connection(vm);
    registration.register(agentRegistration('gui-vm'), peer);
    expect(agents.all().map((agent) => [agent.vm, agent.isUsable])).toEqual([
      ['net-vm', false],
      ['gui-vm', true],
    ]);
    await expect(agents.connection(vm).unitStatus(unitEntry('net-vm', 'web.service').unit)).rejects.toMatchObject({
      reason: 'UNAVAILABLE',
      message: expect.stringContaining('its endpoint cannot be dialled: there is no such address') as string,
    });
    expect(await agents.connection(vm).answers()).toBe(false);
    await new Promise(setImmediate);
    expect(presence.of(vm)).toMatchObject({
      state: 'lost',
      reason: expect.stringContaining('there is no such address') as string,
    });
    expect(presence.of(vmNamed('gui-vm'))).toMatchObject({ state: 'polled' });
    agents.onApplicationShutdown();
    expect(done.filter((what) => what.startsWith('close'))).toEqual(['close 9000']);
  });
});
