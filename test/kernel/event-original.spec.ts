// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { EventEmitter, once } from 'node:events';
import { KernelInputDevices, type InputDevice } from '@givc/input';
import { findDevice } from '../support/find-device.js';
import { buttonLeft, end, key, mouse, move, wheel, x, y, type Event } from '../support/event-pair.js';
import { EventAgents, original, sending, type Make } from './event-agents.js';

const devices = new KernelInputDevices();
const name = 'Interop Mouse';
const text = ({ type, code, value }: Event) => `${type}/${code}=${value}`;

/** The virtual device of a consumer, and what it sends; waiting leaves the processor to the agents. */
class Virtual extends EventEmitter {
  readonly packets: string[] = [];
  isUnplugged = false;

  constructor(device: InputDevice) {
    super();
    device.read(
      (packet) => {
        this.packets.push(packet.map(text).join(' '));
        this.emit('change');
      },
      () => {
        this.isUnplugged = true;
        this.emit('change');
      },
    );
  }

  async until(condition: () => boolean): Promise<void> {
    while (!condition()) await once(this, 'change');
  }
}

// The virtual mouse of the original always has the same name.
const pairs: [Make, Make, string][] = [
  ['ours', 'original', 'Generic Mouse'],
  ['original', 'ours', name],
];

(original === undefined ? describe.skip : describe)('a mouse between this agent and one of the original', () => {
  let agents: EventAgents;
  let close: (() => void)[];
  beforeAll(async () => {
    await devices.load();
    agents = new EventAgents();
    await agents.start();
  });
  beforeEach(() => (close = []));
  afterEach(async () => {
    for (const one of close) one();
    await agents.stopPrograms();
  });
  afterAll(() => agents.stop());

  const plug = () => {
    const made = devices.createAt('givc/test', mouse(name));
    close.push(() => made.destroy());
    const emit = (...events: Event[]) => made.write(events.map((event) => ({ ...event, timestamp: 0 })));
    return { emit, unplug: () => made.destroy() };
  };

  /** The virtual device of a consumer, and the packets that it sends. */
  const replayed = async (virtualName: string, isOwn: boolean) => {
    const device = await findDevice(devices, (one) => one.isOwn === isOwn && one.description.name === virtualName);
    close.push(() => device.close());
    return new Virtual(device);
  };

  it.each(pairs)('works from %s to %s', async (from, to, virtualName) => {
    const { emit, unplug } = plug();
    const { producer } = await agents.pair(from, to, 'interop');
    const virtual = await replayed(virtualName, to === 'ours');
    await sending(producer, from);
    emit(move(x, 3), move(y, -2), end, key(buttonLeft, 1), end);
    emit(key(buttonLeft, 0), move(wheel, -1), end);
    await virtual.until(() => virtual.packets.length === 3);
    expect(virtual.packets).toEqual(['2/0=3 2/1=-2 0/0=0', '1/272=1 0/0=0', '1/272=0 2/8=-1 0/0=0']);
    unplug();
    await virtual.until(() => virtual.isUnplugged);
  });

  // Not the other way round: on one machine a producer of the original finds the virtual device, which has the name
  // of the mouse.
  it('works from ours to original when it is unplugged and plugged in again', async () => {
    const first = plug();
    const { producer } = await agents.pair('ours', 'original', 'interop');
    await sending(producer, 'ours');
    const virtual = await replayed('Generic Mouse', false);
    first.unplug();
    await virtual.until(() => virtual.isUnplugged);
    const second = plug();
    const again = await replayed('Generic Mouse', false);
    await sending(producer, 'ours', 2);
    second.emit(move(x, 7), end);
    await again.until(() => again.packets.length === 1);
    expect(again.packets).toEqual(['2/0=7 0/0=0']);
  });
});
