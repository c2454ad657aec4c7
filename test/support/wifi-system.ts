// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { TestSystem, type TestAgent } from '@givc/testing';
import { FakeNetworkManager } from './fake-network-manager.js';
import { TestBus } from './test-bus.js';

const variable = 'DBUS_SYSTEM_BUS_ADDRESS';

/** An admin and an agent with `capabilities.wifi`, whose system bus has a fake NetworkManager. */
export class WifiSystem {
  private constructor(
    private readonly bus: TestBus,
    private readonly before: string | undefined,
    readonly manager: FakeNetworkManager,
    readonly system: TestSystem,
    readonly agent: TestAgent,
  ) {}

  static async start(): Promise<WifiSystem> {
    const bus = new TestBus();
    await bus.start();
    const before = process.env[variable];
    process.env[variable] = bus.address;
    const manager = await FakeNetworkManager.start(bus);
    const system = await TestSystem.start();
    const agent = await system.startAgent('net-vm', { capabilities: { wifi: { enable: true } } });
    return new WifiSystem(bus, before, manager, system, agent);
  }

  async close(): Promise<void> {
    await this.system.close();
    this.manager.stop();
    await this.bus.stop();
    if (this.before === undefined) delete process.env[variable];
    else process.env[variable] = this.before;
    this.bus.remove();
  }
}
