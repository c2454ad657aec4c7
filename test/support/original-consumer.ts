// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { once } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import { Server, ServerCredentials, type ServerReadableStream, type ServerUnaryCall } from '@grpc/grpc-js';
import { parseVmName, type Endpoint } from '@givc/model';
import { services, type eventproxy } from '@givc/rpc';

type Answer = (error: null, ack: eventproxy.Ack) => void;
type Event = Parameters<(typeof services)['eventproxy.EventService']['streamEvents']['requestSerialize']>[0];

/** A consumer of input of another implementation of GIVC: it knows no ids, and only one device at a time. */
export class OriginalConsumer {
  /** The events, in order. */
  readonly log: string[] = [];
  readonly registered: eventproxy.DeviceInfo[] = [];
  endpoint!: Endpoint;
  readonly #server = new Server();

  static async start(): Promise<OriginalConsumer> {
    const consumer = new OriginalConsumer();
    await consumer.#listen();
    return consumer;
  }

  async #listen(): Promise<void> {
    const ack: eventproxy.Ack = { status: 'OK', device: '' };
    this.#server.addService(services['eventproxy.EventService'], {
      registerDevice: ({ request }: ServerUnaryCall<eventproxy.DeviceInfo, eventproxy.Ack>, answer: Answer) => {
        this.log.push(`register ${request.name}`);
        this.registered.push(request);
        answer(null, ack);
      },
      streamEvents: (call: ServerReadableStream<Event, eventproxy.Ack>, answer: Answer) => {
        this.log.push('stream');
        call.on('data', ({ type, code, value }: Event) => this.log.push(`${type}/${code}=${value}`));
        void once(call, 'end').then(async () => {
          // A call that is cut gets an `end` event first, too.
          for (let turn = 0; turn < 2; turn++) await setImmediate();
          this.log.push(call.cancelled ? 'cut' : 'ended');
          answer(null, ack);
        });
      },
    });
    const port = await new Promise<number>((resolve, reject) =>
      this.#server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
        error ? reject(error) : resolve(bound),
      ),
    );
    this.endpoint = { name: parseVmName('name', 'gui-vm'), address: { protocol: 'tcp', host: '127.0.0.1', port } };
  }

  stop(): Promise<void> {
    this.#server.forceShutdown();
    return Promise.resolve();
  }
}
