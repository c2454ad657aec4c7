// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { readdirSync } from 'node:fs';
import { release } from 'node:os';
import { KernelInputDevices, type InputEvent } from '@givc/input';
import { describeInputDevices } from '../../libs/input/src/contract/input-devices-contract.fixture.js';
import { findDevice } from '../support/find-device.js';
import { end, key, keyA, keyboard, mouse, move, until, x, type Event } from '../support/event-pair.js';

const devices = new KernelInputDevices();
const timed = (events: readonly Event[], timestamp = 0): InputEvent[] =>
  events.map((event) => ({ ...event, timestamp }));

describeInputDevices('the input devices of the kernel', () => ({
  devices,
  plug: (description) => {
    const made = devices.createAt('givc/test', description);
    return { emit: (...events) => made.write(timed(events)), unplug: () => made.destroy() };
  },
  close: () => undefined,
}));

/** uinput accepts the times of events since Linux 6.9; before, an event has the time at which it was written. */
const [major, minor] = release().split('.').map(Number);
const takesTimes = major! > 6 || (major === 6 && minor! >= 9);

describe('a device of the kernel', () => {
  beforeAll(() => devices.load());

  const find = (name: string) => findDevice(devices, ({ description }) => description.name === name);

  it('reports which keys are pressed after the kernel had no more room for its events', async () => {
    const made = devices.createAt('givc/test', keyboard('Overflow Keyboard'));
    const device = await find('Overflow Keyboard');
    const pressed = new Set<number>();
    device.read(
      (packet) =>
        packet.forEach(({ type, code, value }) => type === 1 && (value ? pressed.add(code) : pressed.delete(code))),
      () => undefined,
    );
    device.pause();
    for (let n = 1; n <= 2_001; n++) made.write(timed([key(keyA, n % 2), end]));
    device.resume();
    await until(() => pressed.has(keyA));
    made.write(timed([key(keyA, 0), end]));
    await until(() => !pressed.has(keyA));
    device.close();
    made.destroy();
  });

  (takesTimes ? it : it.skip)('has the times that its virtual device was given', async () => {
    const made = devices.create(mouse('Timed Mouse'));
    const device = await find('Timed Mouse');
    const times: number[] = [];
    device.read(
      (packet) => times.push(packet[0]!.timestamp),
      () => undefined,
    );
    const now = Number(process.hrtime.bigint() / 1_000n);
    for (const before of [3_000, 2_000, 500]) made.write(timed([move(x, 1), end], now - before));
    await until(() => times.length === 3);
    expect(times.slice(1).map((time, index) => time - times[index]!)).toEqual([1_000, 1_500]);
    device.close();
    made.destroy();
  });

  it('leaves no descriptor behind when it is closed, unplugged or destroyed', async () => {
    const count = () => readdirSync('/proc/self/fd').length;
    const before = count();
    for (let n = 0; n < 20; n++) {
      const made = devices.create(mouse(`Mouse ${n}`));
      const [closed, unplugged] = [await find(`Mouse ${n}`), await find(`Mouse ${n}`)];
      let isUnplugged = false;
      closed.read(
        () => undefined,
        () => undefined,
      );
      unplugged.read(
        () => undefined,
        () => (isUnplugged = true),
      );
      closed.close();
      made.destroy();
      await until(() => isUnplugged);
    }
    await until(() => count() <= before);
  });
});
