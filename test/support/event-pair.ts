// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import {
  absoluteCodes,
  eventTypes,
  FakeInputDevices,
  noCapabilities,
  relativeCodes,
  report,
  usbBus,
  type Capabilities,
  type DeviceDescription,
  type EventClass,
  type FakeDevice,
  type InputDevices,
  type InputEvent,
} from '@givc/input';
import { Log } from '@givc/log';
import { parseVmName, type Endpoint } from '@givc/model';
import { GrpcDialer, RpcChannel } from '@givc/rpc';
import { identityOf, SeveredConnections, testAccess, testAuthority, tlsMaterial, type TestRecord } from '@givc/testing';
import { EventProducer } from '../../apps/agent/src/event-proxy/event-producer.js';
import { serveEvents, type EventServer } from '../../apps/agent/src/event-proxy/event-server.js';

export type Event = Pick<InputEvent, 'type' | 'code' | 'value'>;

export const [keyA, keyB, buttonLeft, buttonSouth] = [30, 48, 0x110, 0x130] as const;
export const { x, y, wheel } = relativeCodes;
export const key = (code: number, value: number): Event => ({ type: eventTypes.key, code, value });
export const [lid, headphones] = [0, 2] as const;
export const turn = (code: number, value: number): Event => ({ type: eventTypes.switch, code, value });
export const move = (code: number, value: number): Event => ({ type: eventTypes.relative, code, value });
export const at = (code: number, value: number): Event => ({ type: eventTypes.absolute, code, value });
export const end = report;

export const described = (name: string, more: Partial<Capabilities>): DeviceDescription => ({
  name,
  ...{ bus: usbBus, vendor: 0x046d, product: 0xc077, version: 0x111 },
  capabilities: { ...noCapabilities, ...more },
});
export const mouse = (name = 'Optical Mouse') => described(name, { keys: [buttonLeft], relative: [x, y, wheel] });
export const keyboard = (name = 'Desk Keyboard') => described(name, { keys: [keyA, keyB] });
const stick = { code: absoluteCodes.x, minimum: -100, maximum: 100, fuzz: 0, flat: 0, resolution: 0 };
export const controller = (name = 'Wireless Controller') =>
  described(name, { keys: [buttonSouth], absolute: [stick, { ...stick, code: absoluteCodes.y }] });

/** Resolves when the condition is true; all pending work continues meanwhile. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

/** Collects the events that a device sends from now on, in packets, such as `1/30=1 0/0=0`. */
export function packetsOf(devices: FakeInputDevices, { path }: FakeDevice): string[] {
  const packets: string[] = [];
  devices.open(path).read(
    (packet) => packets.push(packet.map(({ type, code, value }) => `${type}/${code}=${value}`).join(' ')),
    () => undefined,
  );
  return packets;
}

export interface EventPairOptions {
  /** The only name from which input is accepted; by default that of the producer, null for none. */
  readonly permitted?: string | null;
  readonly classes?: readonly EventClass[];
  readonly rules?: string;
  /** The devices of `audio-vm` that are sent; by default those named mouse. */
  readonly device?: string;
  readonly grab?: boolean;
}

/** Both ends of an event proxy in this process: a producer, `audio-vm`, and a consumer, `gui-vm`. */
export class EventLink {
  readonly lines: string[] = [];
  readonly log = new Log('info', (line) => this.lines.push(line.trimEnd()), false);
  record!: TestRecord;
  server!: EventServer;
  relay!: SeveredConnections;
  /** The consumer itself; producers reach it through the relay unless this is passed to them. */
  direct!: Endpoint;
  #access!: Awaited<ReturnType<typeof testAccess>>['access'];
  readonly #authority = testAuthority();
  readonly #producers: EventProducer[] = [];
  readonly #channels: RpcChannel[] = [];

  constructor(
    private readonly own: InputDevices,
    private readonly others: InputDevices,
  ) {}

  async startServer({ permitted = 'audio-vm', classes = ['pointer', 'controller'], rules }: EventPairOptions = {}) {
    const tls = tlsMaterial(this.#authority, { name: 'gui-vm' });
    const { access, record } = await testAccess('permission denied by access control policy', { tls, rules });
    this.record = record;
    this.#access = access;
    const source = { permittedPeer: permitted === null ? undefined : parseVmName('permitted', permitted), classes };
    const address = { protocol: 'tcp', host: '127.0.0.1', port: 0 } as const;
    this.server = await serveEvents(source, address, this.others, access, this.log);
    this.direct = this.#endpoint(this.server.address);
    this.relay = await SeveredConnections.start(this.direct);
  }

  get rules() {
    return this.#access.rules!;
  }

  /** Starts the producer, with TLS unless its consumer is another one. */
  startProducer(
    { device = 'mouse', grab = false }: EventPairOptions = {},
    devices = this.own,
    consumer = this.relay.endpoint,
  ): EventProducer {
    const isOwn = consumer === this.relay.endpoint || consumer === this.direct;
    const dialer = isOwn ? this.#dialer('audio-vm') : new GrpcDialer(identityOf(undefined));
    const producer = new EventProducer({ device, grab, consumer }, devices, dialer, this.log);
    producer.start();
    this.#producers.push(producer);
    return producer;
  }

  /** A channel to the consumer, with the identity of this machine. */
  channel(as = 'audio-vm'): RpcChannel {
    const channel = new RpcChannel(this.#endpoint(this.server.address), this.#dialer(as));
    this.#channels.push(channel);
    return channel;
  }

  /** Resolves once the log has this many lines that contain this text. */
  logged(text: string, times = 1): Promise<void> {
    return until(() => this.lines.filter((line) => line.includes(text)).length >= times);
  }

  async stop(): Promise<void> {
    for (const producer of this.#producers) producer.close();
    for (const channel of this.#channels) channel.close();
    await this.relay.stop();
    await this.server.close();
  }

  #dialer(name: string): GrpcDialer {
    return new GrpcDialer(identityOf(tlsMaterial(this.#authority, { name })));
  }

  #endpoint(address: Endpoint['address']): Endpoint {
    return { name: parseVmName('name', 'gui-vm'), address };
  }
}

/** An event proxy between two machines of a test. */
export class EventPair extends EventLink {
  constructor(
    /** The devices of `audio-vm`. */
    readonly devices = new FakeInputDevices(),
    /** The virtual devices of `gui-vm`. */
    readonly virtual = new FakeInputDevices(),
  ) {
    super(devices, virtual);
  }

  static async start(options: EventPairOptions = {}): Promise<EventPair> {
    const pair = new EventPair();
    await pair.startServer(options);
    pair.startProducer(options);
    return pair;
  }

  /** The virtual device of this name, as soon as it exists. */
  async replayed(name: string): Promise<FakeDevice> {
    const find = () => this.virtual.plugged.find(({ description }) => description.name === name);
    await until(() => find() !== undefined);
    return find()!;
  }
}
