// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Access } from '@givc/access';
import { InputDevices } from '@givc/input';
import { Log } from '@givc/log';
import { formatAddress, messageOf } from '@givc/model';
import { Dialer } from '@givc/rpc';
import { AgentSettings } from '../config/agent-settings.js';
import { retryUntilOpen } from '../socket-proxy/retry-until-open.js';
import { servingAddress } from '../socket-proxy/socket-proxy.config.js';
import { EventProducer } from './event-producer.js';
import { EventProxyConfig, type EventProxy } from './event-proxy.config.js';
import { serveEvents } from './event-server.js';

interface Open {
  close(): void | Promise<void>;
}

/** Opens every entry of the configuration, and retries those that cannot be opened yet. */
@Injectable()
export class EventProxyService implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #stopping = new AbortController();
  #entries: Promise<Open | undefined>[] = [];

  constructor(
    private readonly config: EventProxyConfig,
    private readonly identity: AgentSettings,
    private readonly devices: InputDevices,
    private readonly access: Access,
    private readonly dialer: Dialer,
    private readonly log: Log,
  ) {}

  onApplicationBootstrap(): void {
    const { events } = this.config;
    this.#entries = events.map((entry) =>
      retryUntilOpen('event proxy', () => this.#open(entry), this.log, this.#stopping.signal),
    );
  }

  async onApplicationShutdown(): Promise<void> {
    this.#stopping.abort();
    await Promise.all(this.#entries.map(async (entry) => (await entry)?.close()));
  }

  async #open(entry: EventProxy): Promise<Open> {
    await this.devices.load();
    return entry.consumer.enable ? this.#consume(entry) : this.#produce(entry);
  }

  async #consume({ transport, consumer: { permittedSource: permitted, classes } }: EventProxy): Promise<Open> {
    const address = servingAddress(this.identity.self.address, transport);
    const server = await serveEvents({ permitted, classes }, address, this.devices, this.access, this.log);
    this.log.info('event proxy listens', {
      ...{ address: formatAddress(server.address), from: permitted ?? 'no machine', classes: classes.join(',') },
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
