// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { eventTypes } from '@givc/input';
import { GivcError } from '@givc/model';
import { services, type RpcChannel } from '@givc/rpc';
import {
  buttonLeft,
  buttonSouth,
  controller,
  end,
  EventPair,
  key,
  mouse,
  move,
  packetsOf,
  until,
  x,
  type Event,
} from '../support/event-pair.js';
import { OriginalConsumer } from '../support/original-consumer.js';

const { registerDevice, streamEvents } = services['eventproxy.EventService'];

const reasonOf = (error: unknown) => (error instanceof GivcError ? error.reason : String(error));

/** A stream of events that the test sends one by one. */
class Feed implements AsyncIterable<Event & { timestamp: number }> {
  readonly #events: Event[] = [];
  #wake: () => void = () => undefined;
  #isEnded = false;

  push(...events: Event[]): this {
    this.#events.push(...events);
    this.#wake();
    return this;
  }

  end(): this {
    this.#isEnded = true;
    this.#wake();
    return this;
  }

  async *[Symbol.asyncIterator]() {
    for (;;) {
      const event = this.#events.shift();
      if (event) yield { ...event, timestamp: 0 };
      else if (this.#isEnded) return;
      else await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }
}

/** Calls as a producer of another implementation, which names no device in its metadata. */
const register = (channel: RpcChannel, name: string) =>
  channel
    .unary(registerDevice, { name, vendorId: 1118, deviceId: 654, capabilities: undefined })
    .then(({ status }) => status, reasonOf);
const stream = (channel: RpcChannel, feed: Feed, signal?: AbortSignal) =>
  channel.clientStream(streamEvents, feed, signal && { signal }).then(({ status }) => status, reasonOf);

describe('a consumer of input', () => {
  let pair: EventPair;
  beforeEach(() => {
    pair = new EventPair();
  });
  afterEach(() => pair.stop());

  it('accepts it from the permitted source only, and records what others try', async () => {
    await pair.startServer();
    for (const other of ['chrome-vm', 'gui-vm', 'admin-vm']) {
      expect(await register(pair.channel(other), 'Mouse')).toBe('PERMISSION_DENIED');
      expect(await pair.record.next('PERMISSION_DENIED')).toMatchObject({ peer: other, request: { name: 'Mouse' } });
      expect(await stream(pair.channel(other), new Feed())).toBe('PERMISSION_DENIED');
      expect(await pair.record.next('PERMISSION_DENIED')).toMatchObject({ peer: other });
    }
    expect(pair.virtual.plugged).toEqual([]);
    expect(await register(pair.channel(), 'Mouse')).toBe('OK');
    expect(await stream(pair.channel('chrome-vm'), new Feed().push(move(x, 1), end).end())).toBe('PERMISSION_DENIED');
    expect(pair.virtual.plugged[0]!.written).toEqual([]);
  });

  it('accepts it from no machine when none is permitted', async () => {
    await pair.startServer({ permitted: null });
    for (const machine of ['audio-vm', 'gui-vm', 'admin-vm'])
      expect(await register(pair.channel(machine), 'Mouse')).toBe('PERMISSION_DENIED');
    expect(pair.virtual.plugged).toEqual([]);
  });

  it('is subject to the rules of its agent', async () => {
    await pair.startServer({ rules: 'permit(principal, action == Command::"StreamEvents", resource);' });
    expect(await register(pair.channel(), 'Mouse')).toBe('PERMISSION_DENIED');
    expect(await stream(pair.channel(), new Feed())).toBe('FAILED_PRECONDITION');
  });

  it('writes no event of a producer that its rules no longer permit, and leaves no button pressed', async () => {
    await pair.startServer({ rules: 'permit(principal, action, resource == Module::"eventproxy");' });
    const feed = new Feed();
    await register(pair.channel(), 'Mouse');
    const streamed = stream(pair.channel(), feed);
    const [virtual] = pair.virtual.plugged;
    feed.push(key(buttonLeft, 1), end);
    await until(() => virtual!.pressed.length === 1);
    pair.rules.replace('permit(principal, action == Command::"RegisterDevice", resource);');
    expect(await streamed).toBe('PERMISSION_DENIED');
    await until(() => virtual!.pressed.length === 0);
    feed.push(move(x, 1), end);
    expect(await stream(pair.channel(), new Feed())).toBe('PERMISSION_DENIED');
    expect(virtual!.written).toHaveLength(2);
  });

  it('rejects a stream without a device', async () => {
    await pair.startServer();
    expect(await stream(pair.channel(), new Feed())).toBe('FAILED_PRECONDITION');
  });

  it('accepts one event for each call of a caller that connects again each time, as grpcurl does', async () => {
    await pair.startServer();
    expect(await register(pair.channel(), 'wireless controller')).toBe('OK');
    const packets = packetsOf(pair.virtual, await pair.replayed('wireless controller'));
    for (const code of [308, 304, 315]) {
      const channel = pair.channel();
      expect(await stream(channel, new Feed().push(key(code, 1)).end())).toBe('OK');
      channel.close();
    }
    await until(() => packets.length === 6);
    expect(packets).toEqual([308, 304, 315].flatMap((code) => [`1/${code}=1 0/0=0`, `1/${code}=0 0/0=0`]));
  });

  it('rejects a device without a name, and a device of a class that it does not allow', async () => {
    await pair.startServer();
    expect(await register(pair.channel(), '')).toBe('INVALID_ARGUMENT');
    expect(await register(pair.channel(), 'wireless keyboard')).toBe('PERMISSION_DENIED');
  });

  it('removes the device of a producer of another implementation when its stream is cut', async () => {
    await pair.startServer();
    await register(pair.channel(), 'Mouse');
    const cut = new AbortController();
    const feed = new Feed().push(key(buttonLeft, 1), end);
    const streamed = stream(pair.channel(), feed, cut.signal);
    const [virtual] = pair.virtual.plugged;
    await until(() => virtual!.pressed.length === 1);
    cut.abort();
    expect(await streamed).toBe('CANCELLED');
    await until(() => pair.virtual.plugged.length === 0);
    expect(virtual!.pressed).toEqual([]);
  });

  it('replaces the device of a producer of another implementation by the device that it registers next', async () => {
    await pair.startServer();
    await register(pair.channel(), 'Mouse');
    const first = stream(pair.channel(), new Feed());
    await until(() => pair.record.begun.length === 2);
    await register(pair.channel(), 'Wireless Controller');
    expect(await first).toBe('ABORTED');
    expect(pair.virtual.plugged.map(({ description }) => description.name)).toEqual(['Wireless Controller']);
  });

  it('rejects events that do not exist, counts them and writes none of them to the kernel', async () => {
    await pair.startServer();
    await register(pair.channel(), 'Mouse');
    const bad = [0x29, 7, 0xffff, 0xffffffff].flatMap((code) =>
      [...Object.values(eventTypes), 0x1f, 0xffffffff].map((type) => ({ type, code, value: 1 })),
    );
    const feed = new Feed().push(...bad, move(x, 1), end).end();
    expect(await stream(pair.channel(), feed)).toBe('OK');
    expect(pair.virtual.plugged[0]!.written.flat().map(({ type, code }) => [type, code])).toEqual([
      [2, 0],
      [0, 0],
    ]);
    expect(pair.lines.filter((line) => line.includes('was rejected'))).toHaveLength(1);
    await pair.server.close();
    expect(pair.lines.at(-1)).toMatch(new RegExp(`reason=stopped rejected=${bad.length}$`));
  });
});

describe('a producer of input whose consumer is of another implementation', () => {
  let pair: EventPair;
  let consumer: OriginalConsumer;
  beforeEach(async () => {
    pair = new EventPair();
    await pair.startServer();
    consumer = await OriginalConsumer.start();
  });
  afterEach(async () => {
    await consumer.stop();
    await pair.stop();
  });

  it('sends one device at a time, and the next one when that is unplugged, by making its stream fail', async () => {
    const [one, other] = [pair.devices.plug(mouse('Mouse One')), pair.devices.plug(mouse('Mouse Two'))];
    const producer = pair.startProducer({}, pair.devices, consumer.endpoint);
    await until(() => consumer.log.length === 2);
    other.emit(move(x, 2), end);
    one.emit(move(x, 1), end);
    await until(() => consumer.log.length === 4);
    one.unplug();
    await until(() => consumer.log.length === 7);
    other.emit(move(x, 3), end);
    await until(() => consumer.log.length === 9);
    expect(consumer.log).toEqual([
      ...['register Mouse One', 'stream', '2/0=1', '0/0=0', 'failed'],
      ...['register Mouse Two', 'stream', '2/0=3', '0/0=0'],
    ]);
    producer.close();
  });

  it('sends a controller by the name and the numbers that the contract has', async () => {
    const device = pair.devices.plug(controller());
    const producer = pair.startProducer({ device: 'CONTROLLER' }, pair.devices, consumer.endpoint);
    await until(() => consumer.log.length === 2);
    device.emit(key(buttonSouth, 1), end);
    await until(() => consumer.log.length === 4);
    expect(consumer.registered).toEqual([expect.objectContaining({ vendorId: 0x046d, deviceId: 0xc077 })]);
    producer.close();
  });
});
