// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Access } from '@givc/access';
import { InputDevices } from '@givc/input';
import { Log } from '@givc/log';
import { formatAddress, messageOf } from '@givc/model';
import { Dialer } from '@givc/rpc';
import { AgentSettings } from '../config/agent-settings.js';
import { ProxyEntries, type Open } from '../proxy/proxy-entries.js';
import { servingAddress } from '../proxy/serving-address.js';
import { EventProducer } from './event-producer.js';
import { EventProxyConfig, type EventProxy } from './event-proxy.config.js';
import { serveEvents } from './event-server.js';

/** Opens every entry of the configuration, and retries those that cannot be opened yet. */
@Injectable()
export class EventProxyService implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #entries: ProxyEntries;

  constructor(
    private readonly config: EventProxyConfig,
    private readonly settings: AgentSettings,
    private readonly devices: InputDevices,
    private readonly access: Access,
    private readonly dialer: Dialer,
    private readonly log: Log,
  ) {
    this.#entries = new ProxyEntries('event proxy', log);
  }

  onApplicationBootstrap(): void {
    for (const entry of this.config.events) this.#entries.open(() => this.#open(entry));
  }

  async onApplicationShutdown(): Promise<void> {
    await this.#entries.close();
  }

  async #open(entry: EventProxy): Promise<Open> {
    await this.devices.load();
    return entry.consumer.enable ? this.#consume(entry) : this.#produce(entry);
  }

  async #consume({ transport, consumer: { permittedSource: permittedPeer, classes } }: EventProxy): Promise<Open> {
    const address = servingAddress(this.settings.self.address, transport);
    const server = await serveEvents({ permittedPeer, classes }, address, this.devices, this.access, this.log);
    this.log.info('event proxy listens', {
      ...{ address: formatAddress(server.address), peer: permittedPeer ?? 'none', classes: classes.join(',') },
    });
    this.#warnUncreatable();
    return server;
  }

  /** The module of the kernel may be loaded later. */
  #warnUncreatable(): void {
    try {
      this.devices.assertCreatable();
    } catch (error) {
      this.log.warn('event proxy: no device can be made', { error: messageOf(error) });
    }
  }

  #produce({ transport, producer: { grab }, device }: EventProxy): Open {
    const producer = new EventProducer({ device, grab, consumer: transport }, this.devices, this.dialer, this.log);
    producer.start();
    return producer;
  }
}
