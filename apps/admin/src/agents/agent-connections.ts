import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { sameEndpoint, type VmName } from '@givc/model';
import { Dialer, type ChannelState } from '@givc/rpc';
import type { RegistryEntry } from '../registry/registry-entry.js';
import { RegistryService } from '../registry/registry.service.js';
import { RegistryStore } from '../registry/registry-store.js';
import { AgentConnection } from './agent-connection.js';

type StateListener = (vm: VmName, state: ChannelState) => void;

/** One connection for each registered agent: opened when it registers, closed when it leaves the registry. */
@Injectable()
export class AgentConnections implements OnApplicationShutdown {
  readonly #connections = new Map<VmName, AgentConnection>();
  readonly #listeners = new Set<StateListener>();

  constructor(
    private readonly registry: RegistryService,
    store: RegistryStore,
    private readonly dialer: Dialer,
  ) {
    registry.onRegistered((entry) => {
      if (entry.type.service === 'Mgr') this.#open(entry);
    });
    store.onChange(({ kind, entry }) => {
      if (kind === 'Removed' && entry.type.service === 'Mgr') this.#close(entry.machine);
    });
  }

  /** The connection to a machine's agent. NOT_FOUND or UNAVAILABLE when the registry has none. */
  of(vm: VmName): AgentConnection {
    const entry = this.registry.agentOf(vm);
    return this.#connections.get(vm) ?? this.#open(entry);
  }

  /** Every connection there is now. */
  all(): readonly AgentConnection[] {
    return [...this.#connections.values()];
  }

  /** Hears of each change of each connection. */
  onState(listener: StateListener): void {
    this.#listeners.add(listener);
  }

  onApplicationShutdown(): void {
    for (const vm of [...this.#connections.keys()]) this.#close(vm);
  }

  /** An agent that registers again after a restart is dialled at once, whatever backoff its connection was in. */
  #open(entry: RegistryEntry): AgentConnection {
    const { vm, endpoint } = entry;
    if (!endpoint) throw new TypeError(`${entry.unit} has no endpoint`);
    const known = this.#connections.get(vm);
    if (known && sameEndpoint(known.endpoint, endpoint) && known.isUsable) return known;
    this.#close(vm);
    const connection: AgentConnection = new AgentConnection(vm, endpoint, this.dialer, (state) => {
      if (this.#connections.get(vm) !== connection) return;
      for (const listener of this.#listeners) listener(vm, state);
    });
    this.#connections.set(vm, connection);
    connection.connect();
    return connection;
  }

  #close(vm: VmName): void {
    this.#connections.get(vm)?.close();
    this.#connections.delete(vm);
  }
}
