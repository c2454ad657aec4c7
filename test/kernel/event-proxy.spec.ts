// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { KernelInputDevices, type DeviceDescription } from '@givc/input';
import { findDevice } from '../support/find-device.js';
import {
  buttonLeft,
  described,
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

  // There are ten thousand events; the emulated processor takes some milliseconds for each. The kernel ends the packet
  // of an input device that has many more events than it expects, and keeps 64 events that were not read.
  it.each([1, 2, 3, 4, 5])(
    'passes on every change of keys in order, and every movement: 2,000 changes, %s of 5',
    async (part) => {
      await start({ device: `Everything ${part}` });
      const codes = Array.from({ length: 25 }, (_, n) => n + 1);
      const { emit, packets } = await plug(described(`Everything ${part}`, { keys: codes, relative: [x] }));
      const [expected, received]: [string[], string[]] = [[], []];
      let [moved, seen] = [0, 0];
      const read = () => {
        for (const event of packets.splice(0).flatMap((packet) => packet.split(' '))) {
          if (event.startsWith('1/')) received.push(event);
          else if (event.startsWith(`2/${x}=`)) seen += Number(event.split('=')[1]);
        }
        return received.length === expected.length;
      };
      for (let n = 1; n <= 80; n++) {
        for (let step = 1; step <= 10; step++) emit(move(x, step), end);
        for (let first = 0; first < codes.length; first += 5) {
          const changes = codes.slice(first, first + 5).map((code) => key(code, n % 2));
          emit(...changes, end);
          expected.push(...changes.map(text));
        }
        moved += 55;
        await until(read);
      }
      expect(received).toEqual(expected);
      expect([expected.length, seen]).toEqual([2_000, moved]);
    },
  );
});
