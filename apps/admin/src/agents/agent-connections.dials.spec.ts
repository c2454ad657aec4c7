// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { GrpcDialer, RpcChannel, type ChannelState } from '@givc/rpc';
import { agentRegistration, endpointOf, newRegistry, vmNamed } from '../registry/registry.fixture.js';
import type { RegistrationService } from '../registration/registration.service.js';
import { AgentConnections } from './agent-connections.js';

const names = ['vm-1', 'vm-2', 'vm-3', 'vm-4', 'vm-5'];

describe('the connections to agents that report', () => {
  let registration: RegistrationService;
  let agents: AgentConnections;
  /** The machines whose connection is kept, in order. */
  let dialled: string[];
  let listeners: ((state: ChannelState) => void)[];
  let state: ChannelState;

  beforeEach(() => {
    [dialled, listeners, state] = [[], [], 'IDLE'];
    jest.spyOn(RpcChannel.prototype, 'keepConnected').mockImplementation(function (this: RpcChannel) {
      dialled.push(this.endpoint.name);
    });
    jest.spyOn(RpcChannel.prototype, 'state', 'get').mockImplementation(() => state);
    jest.spyOn(RpcChannel.prototype, 'onState').mockImplementation((listener) => void listeners.push(listener));
    const made = newRegistry();
    ({ registration } = made);
    agents = new AgentConnections(made.lookup, made.presence, new GrpcDialer(undefined));
    for (const name of names) register(name, 'boot 1');
  });
  afterEach(() => {
    agents.onApplicationShutdown();
    jest.restoreAllMocks();
  });

  const register = (name: string, bootId?: string) =>
    registration.register(agentRegistration(name, { endpoint: endpointOf(vmNamed(name), 9_000), bootId }), {
      peer: undefined,
      reports: bootId !== undefined,
    });

  it('are opened four at a time, the next once one of them is established', () => {
    expect(dialled).toEqual(names.slice(0, 4));
    listeners[1]!('CONNECTING');
    expect(dialled).toEqual(names.slice(0, 4));
    state = 'READY';
    listeners[1]!('READY');
    expect(dialled).toEqual(names);
  });

  it('are kept while they wait, also when the agent reports again', () => {
    const connection = agents.connection(vmNamed('vm-5'));
    register('vm-5', 'boot 1');
    expect(agents.connection(vmNamed('vm-5'))).toBe(connection);
  });

  it('do not delay those to agents that do not report', () => {
    register('vm-6');
    expect(dialled).toEqual([...names.slice(0, 4), 'vm-6']);
  });

  it('are not opened when the admin stops meanwhile', () => {
    agents.onApplicationShutdown();
    expect(dialled).toEqual(names.slice(0, 4));
  });
});
