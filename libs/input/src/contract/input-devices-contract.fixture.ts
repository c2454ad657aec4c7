// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { EventEmitter, once } from 'node:events';
import { GivcError } from '@givc/model';
import { absoluteCodes, eventTypes, relativeCodes, usbBus } from '../event-codes.js';
import { noCapabilities, type DeviceDescription } from '../description.js';
import type { InputDevice, InputDevices } from '../input-devices.js';
import type { InputEvent } from '../input-event.js';

type Event = Pick<InputEvent, 'type' | 'code' | 'value'>;

/** Input devices under test, and the means to plug in devices independently of them. */
export interface InputDevicesUnderTest {
  readonly devices: InputDevices;
  plug(description: DeviceDescription): { emit(...events: Event[]): void; unplug(): void };
  close(): void;
}

const { x, y } = relativeCodes;
const [keyA, buttonLeft, lid, headphones] = [30, 0x110, 0, 2];
const key = (code: number, value: number): Event => ({ type: eventTypes.key, code, value });
const move = (code: number, value: number): Event => ({ type: eventTypes.relative, code, value });
const flip = (code: number, value: number): Event => ({ type: eventTypes.switch, code, value });
const end: Event = { type: eventTypes.syn, code: 0, value: 0 };

const described = (name: string, more: Partial<DeviceDescription['capabilities']>): DeviceDescription => ({
  name,
  ...{ bus: usbBus, vendor: 0x046d, product: 0xc077, version: 0x111 },
  capabilities: { ...noCapabilities, ...more },
});

/** The packets of a device in order, and its end. */
class Reading extends EventEmitter {
  readonly packets: string[] = [];
  readonly times: number[] = [];
  isUnplugged = false;

  constructor(readonly device: InputDevice) {
    super();
    device.read(
      (packet) => {
        this.packets.push(packet.map(({ type, code, value }) => `${type}/${code}=${value}`).join(' '));
        this.times.push(packet.at(-1)!.timestamp);
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

const reasonOf = (error: unknown): string => (error instanceof GivcError ? error.reason : String(error));

const outcome = (work: () => unknown): string => {
  try {
    work();
    return 'OK';
  } catch (error) {
    return reasonOf(error);
  }
};

/** The contract of every implementation of `InputDevices`. */
export function describeInputDevices(
  title: string,
  start: () => InputDevicesUnderTest | Promise<InputDevicesUnderTest>,
): void {
  describe(title, () => {
    let underTest: InputDevicesUnderTest;
    let stopping: AbortController;
    let open: InputDevice[];
    let count = 0;
    beforeEach(async () => {
      stopping = new AbortController();
      open = [];
      underTest = await start();
      await underTest.devices.load();
    });
    afterEach(() => {
      stopping.abort();
      for (const device of open) device.close();
      underTest.close();
    });

    /** Resolves with the device of this name, whenever it is plugged in. */
    const find = (name: string): Promise<InputDevice> =>
      new Promise((resolve, reject) => {
        underTest.devices.watch((path) => {
          try {
            const device = underTest.devices.open(path);
            open.push(device);
            if (device.description.name === name) resolve(device);
          } catch (error) {
            // The device has been unplugged, or its permissions are not set yet.
            if (!['NOT_FOUND', 'FAILED_PRECONDITION'].includes(reasonOf(error)))
              reject(new Error(path, { cause: error }));
          }
        }, stopping.signal);
      });
    const uniqueName = () => `Contract ${process.pid} ${++count}`;
    const mouse = () =>
      described(uniqueName(), { keys: [buttonLeft], relative: [x, y, relativeCodes.wheel], misc: [4] });

    it('finds a device that is already plugged in, with its ids and capabilities', async () => {
      const description = mouse();
      underTest.plug(description);
      expect((await find(description.name)).description).toEqual(description);
    });

    it('finds a device that is plugged in later', async () => {
      const description = mouse();
      const found = find(description.name);
      underTest.plug(description);
      expect((await found).description).toEqual(description);
    });

    it('knows the axes of a device with their ranges', async () => {
      const axis = { code: absoluteCodes.x, minimum: -32_768, maximum: 32_767, fuzz: 16, flat: 128, resolution: 0 };
      const description = described(uniqueName(), { keys: [0x130], absolute: [axis], properties: [] });
      underTest.plug(description);
      expect((await find(description.name)).description.capabilities).toEqual(description.capabilities);
    });

    it('passes on packets in their order, each with the SYN_REPORT at its end', async () => {
      const description = mouse();
      const plugged = underTest.plug(description);
      const reading = new Reading(await find(description.name));
      plugged.emit(move(x, 3), move(y, -2), end);
      plugged.emit(key(buttonLeft, 1), end, move(x, 1), end);
      plugged.emit(key(buttonLeft, 0), end);
      await reading.until(() => reading.packets.length === 4);
      expect(reading.packets).toEqual(['2/0=3 2/1=-2 0/0=0', '1/272=1 0/0=0', '2/0=1 0/0=0', '1/272=0 0/0=0']);
      expect([...reading.times].sort((a, b) => a - b)).toEqual(reading.times);
    });

    it('ends a reader once when the device is unplugged', async () => {
      const description = mouse();
      const plugged = underTest.plug(description);
      const reading = new Reading(await find(description.name));
      plugged.unplug();
      await reading.until(() => reading.isUnplugged);
      expect(outcome(() => underTest.devices.open(reading.device.path))).toBe('NOT_FOUND');
    });

    it('sends the same events to two readers of one device, and all to a reader that grabs it', async () => {
      const description = mouse();
      const plugged = underTest.plug(description);
      const [one, other] = [new Reading(await find(description.name)), new Reading(await find(description.name))];
      plugged.emit(move(x, 1), end);
      await one.until(() => one.packets.length === 1);
      await other.until(() => other.packets.length === 1);
      one.device.grab();
      expect(outcome(() => other.device.grab())).toBe('FAILED_PRECONDITION');
      plugged.emit(move(x, 2), end);
      await one.until(() => one.packets.length === 2);
      one.device.close();
      plugged.emit(move(x, 3), end);
      await other.until(() => other.packets.length === 2);
      expect(other.packets).toEqual(['2/0=1 0/0=0', '2/0=3 0/0=0']);
    });

    it('passes on nothing while a reader is paused, and then the events that have arrived', async () => {
      const description = mouse();
      const plugged = underTest.plug(description);
      const device = await find(description.name);
      const [paused, witness] = [new Reading(device), new Reading(await find(description.name))];
      device.pause();
      plugged.emit(move(x, 7), end);
      await witness.until(() => witness.packets.length === 1);
      expect(paused.packets).toEqual([]);
      device.resume();
      await paused.until(() => paused.packets.length === 1);
    });

    it('creates a virtual device that is its own, sends events, and disappears when destroyed', async () => {
      const description = described(uniqueName(), { keys: [keyA], relative: [x] });
      const virtual = underTest.devices.create(description);
      const reading = new Reading(await find(description.name));
      expect(reading.device.description).toEqual(description);
      expect(reading.device.isOwn).toBe(true);
      virtual.write([key(keyA, 1), end].map((event) => ({ ...event, timestamp: 0 })));
      virtual.write([move(x, 5), end, key(keyA, 0), end].map((event) => ({ ...event, timestamp: 0 })));
      await reading.until(() => reading.packets.length === 3);
      expect(reading.packets).toEqual(['1/30=1 0/0=0', '2/0=5 0/0=0', '1/30=0 0/0=0']);
      virtual.destroy();
      virtual.destroy();
      await reading.until(() => reading.isUnplugged);
      virtual.write([{ ...key(keyA, 1), timestamp: 0 }]);
    });

    it('reports which switches of a device are on, and passes on their changes', async () => {
      const description = described(uniqueName(), { switches: [lid, headphones] });
      const plugged = underTest.plug(description);
      const reading = new Reading(await find(description.name));
      expect(reading.device.description.capabilities.switches).toEqual([lid, headphones]);
      expect(reading.device.activeSwitches()).toEqual([]);
      plugged.emit(flip(headphones, 1), end, flip(lid, 1), flip(headphones, 0), end);
      await reading.until(() => reading.packets.length === 2);
      expect(reading.packets).toEqual(['5/2=1 0/0=0', '5/0=1 5/2=0 0/0=0']);
      expect(reading.device.activeSwitches()).toEqual([lid]);
    });

    it('does not recognize devices of others as its own', async () => {
      const description = mouse();
      underTest.plug(description);
      expect((await find(description.name)).isOwn).toBe(false);
    });
  });
}
