// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { Endpoint, UnitType, UnitName, VmName } from '@givc/model';

/** What an agent is, where it listens, and its admin. */
export class AgentSettings {
  /** The name of its VM, and of its certificate. */
  readonly name: VmName;
  /** The unit of this agent, which is its name in the registry. */
  readonly unit: UnitName;
  /** The host's unit that runs this VM; the host has none. */
  readonly parent: UnitName | undefined;
  readonly type: UnitType;
  /** The type of its units. */
  readonly subType: UnitType;
  /** Its listen address. */
  readonly self: Endpoint;
  readonly admin: Endpoint;
  /** The time between two heartbeats of agent and admin. */
  readonly heartbeatMs: number;
  /** Whether peers are verified by their certificates. */
  readonly tls: boolean;

  constructor(values: Omit<AgentSettings, 'relay'>) {
    ({
      name: this.name,
      unit: this.unit,
      parent: this.parent,
      type: this.type,
      subType: this.subType,
      self: this.self,
      admin: this.admin,
      heartbeatMs: this.heartbeatMs,
      tls: this.tls,
    } = values);
  }

  /** The key by which queues count calls that the admin passes on: its name, or its address without TLS. */
  get relay(): string {
    const { address, name } = this.admin;
    return this.tls || address.protocol !== 'tcp' ? name : address.host;
  }
}
