// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { once } from 'node:events';
import { Server, ServerCredentials, status, type ServerReadableStream, type ServerUnaryCall } from '@grpc/grpc-js';
import { parseVmName, type Endpoint } from '@givc/model';
import { services, type eventproxy } from '@givc/rpc';

type Answer = (error: { code: status } | null, ack?: eventproxy.Ack) => void;
type Event = Parameters<(typeof services)['eventproxy.EventService']['streamEvents']['requestSerialize']>[0];

/** Stands for a message that is not one, with which a call fails. */
const undecodable = Symbol('undecodable');

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
    const { streamEvents, ...rest } = services['eventproxy.EventService'];
    const requestDeserialize = (bytes: Buffer) =>
      bytes[0] === 0xff ? undecodable : streamEvents.requestDeserialize(bytes);
    this.#server.addService(
      { ...rest, streamEvents: { ...streamEvents, requestDeserialize } },
      {
        registerDevice: ({ request }: ServerUnaryCall<eventproxy.DeviceInfo, eventproxy.Ack>, answer: Answer) => {
          this.log.push(`register ${request.name}`);
          this.registered.push(request);
          answer(null, ack);
        },
        streamEvents: (call: ServerReadableStream<Event, eventproxy.Ack>, answer: Answer) => {
          this.log.push('stream');
          call.on('data', (event: Event | typeof undecodable) => {
            if (event === undecodable) {
              this.log.push('failed');
              answer({ code: status.INTERNAL });
            } else this.log.push(`${event.type}/${event.code}=${event.value}`);
          });
          // The original notices the end of a call that is cancelled, and not that it is cancelled.
          void once(call, 'end').then(() => {
            if (this.log.at(-1) === 'failed') return;
            this.log.push('ended');
            answer(null, ack);
          });
        },
      },
    );
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
