// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Module, type DynamicModule } from '@nestjs/common';
import { AccessModule, type Access } from '@givc/access';
import { listenBeside } from '@givc/daemon';
import type { EventClass, InputDevices } from '@givc/input';
import type { Log } from '@givc/log';
import type { Address } from '@givc/model';
import { GrpcServer, RpcModule } from '@givc/rpc';
import { EventProxyController } from './event-proxy.controller.js';
import { PermittedProducer } from './permitted-producer.js';
import { ReplayedDevices } from './replayed-devices.js';

/** A producer that was cut off is noticed within 3 s, so that no key stays pressed for longer. */
const keepalive = { everyMs: 1_000, answerMs: 2_000 };

@Module({})
class EventServerModule {
  static register(
    producer: PermittedProducer,
    devices: ReplayedDevices,
    access: Access,
    server: GrpcServer,
    log: Log,
  ): DynamicModule {
    return {
      module: EventServerModule,
      imports: [AccessModule.forListener(access), RpcModule.forServer(server, log)],
      controllers: [EventProxyController],
      providers: [
        { provide: PermittedProducer, useValue: producer },
        { provide: ReplayedDevices, useValue: devices },
      ],
    };
  }
}

/** A listener for the devices of one other machine. */
export interface EventServer {
  readonly address: Address;
  /** Resolves once its virtual devices are removed. */
  close(): Promise<void>;
}

/** The producer and the classes that a consumer accepts. */
export interface EventServerOptions extends PermittedProducer {
  readonly classes: readonly EventClass[];
}

/** Rejects with FAILED_PRECONDITION when it cannot listen. */
export async function serveEvents(
  { permittedPeer, classes }: EventServerOptions,
  address: Address,
  inputDevices: InputDevices,
  access: Access,
  log: Log,
): Promise<EventServer> {
  const services = ['eventproxy.EventService'] as const;
  const devices = new ReplayedDevices(classes, inputDevices, log);
  const server = new GrpcServer({ listen: [address], tls: access.identity, services, keepalive });
  const module = EventServerModule.register({ permittedPeer }, devices, access, server, log);
  const listener = await listenBeside(module, server, log);
  const close = async () => {
    devices.close();
    await listener.close();
  };
  return { address: server.addresses[0]!, close };
}
