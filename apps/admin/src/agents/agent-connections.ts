// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Listeners } from '@givc/events';
import { GivcError, sameEndpoint, type VmName } from '@givc/model';
import { Dialer, type ChannelState } from '@givc/rpc';
import { PresenceService } from '../presence/presence.service.js';
import type { AgentEntry } from '../registry/registry-entry.js';
import { RegistryLookup } from '../registry/registry-lookup.js';
import { AgentConnection } from './agent-connection.js';
import { DialQueue } from './dial-queue.js';

/**
 * One connection for each registered agent: opened when it registers, closed when it leaves the registry. Connections
 * to agents that report are opened a few at a time (`DialQueue`), because nothing but calls needs them.
 */
@Injectable()
export class AgentConnections implements OnApplicationShutdown {
  readonly #connections = new Map<VmName, AgentConnection>();
  /** The boot ids of the last registrations. */
  readonly #boots = new Map<VmName, string | undefined>();
  readonly #dials = new DialQueue();
  readonly #states = new Listeners<[vm: VmName, state: ChannelState]>();

  constructor(
    private readonly lookup: RegistryLookup,
    private readonly presence: PresenceService,
    private readonly dialer: Dialer,
  ) {
    presence.onRegistered((entry, before) => {
      const { machine, bootId } = entry;
      const bootBefore = this.#boots.get(machine);
      const isSameBoot = Boolean(bootId) && bootBefore === bootId;
      const isOtherBoot = Boolean(bootId) && Boolean(bootBefore) && !isSameBoot;
      this.#boots.set(machine, bootId);
      // An earlier connection may lead to an earlier run of the machine.
      if (isOtherBoot || (before?.state === 'lost' && !isSameBoot)) this.#close(machine);
      const known = this.#connections.get(machine);
      const connection = this.#open(entry);
      // The connection of a frozen machine still works; that of a disconnected machine may not.
      if (before?.state === 'lost' && connection === known) connection.verify();
    });
    presence.onTransition(({ vm, after }) => {
      if (after) return;
      this.#close(vm);
      this.#boots.delete(vm);
    });
  }

  /** The connection to a machine's agent. NOT_FOUND or UNAVAILABLE when the registry has none. */
  connection(vm: VmName): AgentConnection {
    const entry = this.lookup.agentOf(vm);
    return this.#connections.get(vm) ?? this.#open(entry);
  }

  /**
   * The connection to a machine's agent, for a short call. When the agent is lost and its connection would make the
   * call wait, this throws UNAVAILABLE with the time of the loss, and checks in the background whether the agent
   * answers again. Throws as `connection`, too.
   */
  forShortCall(vm: VmName): AgentConnection {
    const connection = this.connection(vm);
    const loss = this.presence.lostReason(vm);
    if (loss === undefined || !connection.isUsable) return connection;
    this.forLongCall(vm).catch(() => undefined);
    throw new GivcError('UNAVAILABLE', loss);
  }

  /**
   * The connection to a machine's agent, for a long call: a lost agent is called first to see whether it answers.
   * Rejects as `connection`, or with UNAVAILABLE when it does not.
   */
  async forLongCall(vm: VmName): Promise<AgentConnection> {
    const connection = this.connection(vm);
    if (this.presence.of(vm)?.state !== 'lost') return connection;
    if (!(await connection.answers()))
      throw new GivcError('UNAVAILABLE', `the agent of ${vm} is lost, and does not answer`);
    this.presence.handle(vm, { kind: 'answered' });
    return connection;
  }

  /** All open connections. */
  all(): readonly AgentConnection[] {
    return [...this.#connections.values()];
  }

  /** Calls the listener for each change of state of each connection. */
  onState(listener: (vm: VmName, state: ChannelState) => void): void {
    this.#states.add(listener);
  }

  onApplicationShutdown(): void {
    this.#dials.close();
    for (const vm of [...this.#connections.keys()]) this.#close(vm);
  }

  /** An agent that registers again after a restart is dialled at once, without waiting for a backoff. */
  #open({ vm, endpoint, bootId }: AgentEntry): AgentConnection {
    const known = this.#connections.get(vm);
    const isGood = known && (known.isUsable || this.#dials.isWaiting(known));
    if (isGood && sameEndpoint(known.endpoint, endpoint)) return known;
    this.#close(vm);
    const connection: AgentConnection = new AgentConnection(vm, endpoint, this.dialer, (state) => {
      if (state !== 'CONNECTING') this.#dials.settled(connection);
      if (this.#connections.get(vm) === connection) this.#states.notify(vm, state);
    });
    this.#connections.set(vm, connection);
    // Only agents that report have a boot id.
    if (bootId) this.#dials.add(connection);
    else connection.connect();
    const { problem } = connection;
    // After the registration or restore in progress.
    if (problem !== undefined) setImmediate(() => this.#missed(connection, problem));
    return connection;
  }

  #missed(connection: AgentConnection, reason: string): void {
    if (this.#connections.get(connection.vm) === connection)
      this.presence.handle(connection.vm, { kind: 'missed', reason });
  }

  #close(vm: VmName): void {
    const connection = this.#connections.get(vm);
    if (!connection) return;
    this.#connections.delete(vm);
    connection.close();
    this.#dials.remove(connection);
  }
}
