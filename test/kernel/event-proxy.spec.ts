// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { eventTypes, KernelInputDevices, type DeviceDescription } from '@givc/input';
import { findDevice } from '../support/find-device.js';
import {
  buttonLeft,
  end,
  EventLink,
  key,
  keyA,
  keyboard,
  mouse,
  move,
  until,
  wheel,
  x,
  y,
  type Event,
  type EventPairOptions,
} from '../support/event-pair.js';
import { Bursts, roomy } from './bursts.js';

const devices = new KernelInputDevices();
const text = ({ type, code, value }: Event) => `${type}/${code}=${value}`;

describe('an event proxy between devices of the kernel', () => {
  let link: EventLink;
  let close: (() => void)[];
  const start = async (options: EventPairOptions) => {
    await link.startServer({ classes: ['keyboard', 'pointer', 'controller'], ...options });
    link.startProducer(options);
  };
  beforeAll(() => devices.load());
  beforeEach(() => {
    link = new EventLink(devices, devices);
    close = [];
  });
  afterEach(async () => {
    for (const one of close) one();
    await link.stop();
  });

  /** The virtual device of the event proxy. */
  const replayed = async (name: string) => {
    const device = await findDevice(devices, ({ isOwn, description }) => isOwn && description.name === name);
    close.push(() => device.close());
    return device;
  };

  /** Plugs a device in; resolves with it and with the packets of its virtual device, once events are sent. */
  const plug = async (description: DeviceDescription) => {
    const before = link.lines.filter((line) => line.includes('events of a device are sent')).length;
    const made = devices.createAt('givc/test', description);
    close.push(() => made.destroy());
    const virtual = await replayed(description.name);
    const packets: string[] = [];
    let isUnplugged = false;
    virtual.read(
      (packet) => packets.push(packet.map(text).join(' ')),
      () => (isUnplugged = true),
    );
    await link.logged('events of a device are sent', before + 1);
    const emit = (...events: Event[]) => made.write(events.map((event) => ({ ...event, timestamp: 0 })));
    return { emit, unplug: () => made.destroy(), virtual, packets, isUnplugged: () => isUnplugged };
  };

  it('lets a mouse and a keyboard of one machine work in the other', async () => {
    await start({ device: 'Remote' });
    const [one, other] = [await plug(mouse('Remote Mouse')), await plug(keyboard('Remote Keyboard'))];
    expect(one.virtual.description).toEqual(mouse('Remote Mouse'));
    expect(other.virtual.description).toEqual(keyboard('Remote Keyboard'));
    one.emit(move(x, 3), move(y, -2), end, key(buttonLeft, 1), end, key(buttonLeft, 0), move(wheel, -1), end);
    other.emit(key(keyA, 1), end, key(keyA, 0), end);
    await until(() => one.packets.length === 3 && other.packets.length === 2);
    expect(one.packets).toEqual(['2/0=3 2/1=-2 0/0=0', '1/272=1 0/0=0', '1/272=0 2/8=-1 0/0=0']);
    expect(other.packets).toEqual(['1/30=1 0/0=0', '1/30=0 0/0=0']);
  });

  it('follows a device that is unplugged and plugged in again', async () => {
    await start({ device: 'Plugged' });
    const first = await plug(mouse('Plugged Mouse'));
    first.unplug();
    await until(first.isUnplugged);
    const again = await plug(mouse('Plugged Mouse'));
    again.emit(move(x, 1), end);
    await until(() => again.packets.length === 1);
  });

  it('has no key pressed when the link drops, and continues with the same device', async () => {
    await start({ device: 'Severed' });
    const { emit, packets, isUnplugged } = await plug(keyboard('Severed Keyboard'));
    emit(key(keyA, 1), end);
    await until(() => packets.length === 1);
    link.relay.sever();
    await until(() => packets.length === 2);
    expect(packets[1]).toBe('1/30=0 0/0=0');
    await link.logged('events of a device are sent', 2);
    emit(key(keyA, 0), end, key(keyA, 1), end);
    await until(() => packets.length === 3);
    expect([packets[2], isUnplugged()]).toEqual(['1/30=1 0/0=0', false]);
  });

  // There are a hundred thousand events. The kernel keeps 1,024 events of such a device that were not read, so each
  // burst is awaited before the next.
  it.each([1, 2, 3, 4, 5])(
    'passes on every change of keys in order, and every movement: 20,000 changes, %s of 5',
    async (part) => {
      const device = `Everything ${part}`;
      await link.startServer({ classes: ['keyboard', 'pointer', 'controller'] });
      link.startProducer({ device }, devices, link.direct);
      const { emit, packets } = await plug(roomy(device));
      const bursts = new Bursts(part);
      const [expected, received]: [string[], string[]] = [[], []];
      const moved = new Map<string, number>();
      const read = () => {
        for (const event of packets.splice(0).flatMap((packet) => packet.split(' '))) {
          const [type, value] = event.split('=') as [string, string];
          if (type.startsWith('1/')) received.push(event);
          else if (type.startsWith('2/')) moved.set(type, (moved.get(type) ?? 0) + Number(value));
        }
        return received.length >= expected.length;
      };
      while (expected.length < 20_000) {
        const events = bursts.next();
        expected.push(...events.filter(({ type }) => type === eventTypes.key).map(text));
        emit(...events);
        await until(read);
      }
      expect(received).toEqual(expected);
      expect([...moved]).toEqual([...bursts.moved]);
    },
  );
});
