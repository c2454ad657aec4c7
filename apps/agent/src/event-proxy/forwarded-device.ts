// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { eventTypes, synReport, type InputDevice, type InputEvent } from '@givc/input';
import { LogOnce, type Log } from '@givc/log';
import { GivcError, messageOf } from '@givc/model';
import { problemOf, services, type RpcChannel } from '@givc/rpc';
import { Backoff, pause } from '@givc/time';
import { deviceInfoOf, deviceKey } from './device-info.js';
import { EventQueue } from './event-queue.js';

const { registerDevice, streamEvents } = services['eventproxy.EventService'];
/** Ends a stream with an error of the consumer. */
const undecodable = Buffer.from([0xff]);
const endableStream = {
  ...streamEvents,
  requestSerialize: (event: InputEvent | Buffer): Buffer =>
    Buffer.isBuffer(event) ? event : streamEvents.requestSerialize(event),
};

/**
 * The events of the queue, and then a failure. The original keeps a device whose stream ends, and removes one whose
 * stream fails. It does not help to cancel the call: Node (20.20) ends the stream before it resets it, and the original
 * notices only the end.
 */
async function* failingAtEnd(queue: AsyncIterable<InputEvent>): AsyncGenerator<InputEvent | Buffer, void, undefined> {
  yield* queue;
  yield undecodable;
}

const registrationMs = 5_000;
const pauses = { firstMs: 500, lastMs: 30_000 };

/** The destination of a device's events. */
export interface Consumer {
  readonly channel: Pick<RpcChannel, 'unary' | 'clientStream'>;
  /** Aborted when the consumer can be reached again, so that a retry makes sense at once. */
  reachable(): AbortSignal;
}

let count = 0;

/**
 * A device of this machine whose events are sent to a consumer while it is plugged in. It is registered and its events
 * are streamed; when that fails, it is registered again, with a backoff of 0.5 to 30 s. Events without a consumer are
 * lost.
 */
export class ForwardedDevice {
  /** Unique among the devices of this agent, also after a restart. */
  readonly #id = `${process.pid}-${Date.now().toString(36)}-${++count}`;
  readonly #ending = new AbortController();
  #queue: EventQueue | undefined;
  #isUnplugged = false;
  /** Whether the consumer pairs streams and devices by id; false for other implementations. */
  #isOfOurs = false;
  readonly #problems = new LogOnce();

  /** `onPaired` is called when the consumer pairs streams and devices by id, and so accepts several devices. */
  constructor(
    private readonly device: InputDevice,
    private readonly consumer: Consumer,
    private readonly onPaired: () => void,
    private readonly log: Log,
  ) {}

  /** Reads the device from now on; resolves when it is unplugged. */
  read(): Promise<void> {
    return new Promise((resolve) => {
      this.device.read(
        (packet) => this.#forward(packet),
        () => {
          this.#isUnplugged = true;
          this.#queue?.end();
          if (!this.#queue) this.#ending.abort();
          resolve();
        },
      );
    });
  }

  /** Sends events until the device is unplugged or closed. */
  async send(): Promise<void> {
    const ended = this.#ending.signal;
    const backoff = new Backoff(pauses);
    while (!ended.aborted && !this.#isUnplugged) {
      try {
        await this.#register();
        backoff.reset();
        await this.#stream();
      } catch (error) {
        if (!ended.aborted) this.#failed(error);
      }
      if (this.#isUnplugged) break;
      await pause(backoff.next(), AbortSignal.any([ended, this.consumer.reachable()]));
    }
    // Other implementations remove their present device when a stream is cut, so that no other may be registered before
    // that.
    if (this.#isUnplugged && !this.#isOfOurs) await pause(pauses.firstMs, ended);
  }

  close(): void {
    this.#ending.abort();
    this.device.close();
  }

  async #register(): Promise<void> {
    const { channel } = this.consumer;
    const metadata = { [deviceKey]: this.#id };
    const signal = this.#ending.signal;
    const ack = await channel.unary(registerDevice, deviceInfoOf(this.device.description), {
      ...{ metadata, signal },
      deadlineMs: registrationMs,
    });
    this.#isOfOurs = ack.device === this.#id;
    if (this.#isOfOurs) this.onPaired();
  }

  async #stream(): Promise<void> {
    const queue = (this.#queue = new EventQueue(() => this.device.resume()));
    this.#pushSwitches(queue);
    if (this.#isUnplugged) queue.end();
    this.log.info('event proxy: events of a device are sent', this.#fields());
    this.#problems.end('sending');
    try {
      await this.consumer.channel.clientStream(endableStream, this.#isOfOurs ? queue : failingAtEnd(queue), {
        metadata: { [deviceKey]: this.#id },
        signal: this.#ending.signal,
      });
      if (!this.#isUnplugged) throw new GivcError('UNAVAILABLE', 'the consumer has ended the stream');
    } finally {
      this.#queue = undefined;
      queue.end();
      this.device.resume();
    }
  }

  /** A switch that was on before sends nothing by itself. */
  #pushSwitches(queue: EventQueue): void {
    const { switches } = this.device.description.capabilities;
    if (switches.length === 0) return;
    const active = new Set(this.device.activeSwitches());
    const event = (type: number, code: number, value: number) => ({ timestamp: 0, type, code, value });
    queue.push([
      ...switches.map((code) => event(eventTypes.switch, code, active.has(code) ? 1 : 0)),
      event(eventTypes.syn, synReport, 0),
    ]);
  }

  #forward(packet: readonly InputEvent[]): void {
    if (!this.#queue) return;
    this.#queue.push(packet);
    if (this.#queue.isFull) this.device.pause();
  }

  /** Logs each problem once, until events are sent. */
  #failed(error: unknown): void {
    if (!this.#isUnplugged && this.#problems.isNew('sending', problemOf(error)))
      this.log.warn('event proxy: no events are sent', { ...this.#fields(), error: messageOf(error) });
  }

  #fields() {
    return { device: this.device.description.name, path: this.device.path };
  }
}
