// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import {
  FakeInputDevices,
  noCapabilities,
  typicalCapabilities,
  usbBus,
  type EventClass,
  type InputEvent,
} from '@givc/input';
import type { RegisteredDevice } from './device-info.js';
import { ReplayedDevice } from './replayed-device.js';

const event = (type: number, code: number, value: number, timestamp = 0): InputEvent => ({
  timestamp,
  type,
  code,
  value,
});
const key = (code: number, value: number) => event(1, code, value);
const end = event(0, 0, 0);
const [keyA, left, south, scroll] = [30, 0x110, 0x130, 0x08];

const registered = (name: string, capabilities?: RegisteredDevice['capabilities']): RegisteredDevice => ({
  name,
  ...{ bus: usbBus, vendor: 1, product: 2, version: 0 },
  ...(capabilities && { capabilities }),
});

describe('the virtual device for a device of another machine', () => {
  const all: EventClass[] = ['keyboard', 'pointer', 'controller', 'switch'];
  let devices: FakeInputDevices;
  beforeEach(() => {
    devices = new FakeInputDevices();
  });

  const make = (device: RegisteredDevice, classes = all) => new ReplayedDevice(device, classes, devices, () => 1_000);
  const own = registered('Own', { ...noCapabilities, keys: [keyA, left], relative: [0], misc: [4] });
  /** The writes to the kernel, one line each. */
  const written = () =>
    devices.plugged[0]!.written.map((packet) =>
      packet.map(({ type, code, value }) => `${type}/${code}=${value}`).join(' '),
    );
  const receive = (device: ReplayedDevice, ...events: InputEvent[]) => events.map((one) => device.receive(one));

  it('gets packets as a whole', () => {
    const device = make(own);
    receive(device, event(2, 0, 1), key(left, 1));
    expect(written()).toEqual([]);
    receive(device, end);
    expect(written()).toEqual(['2/0=1 1/272=1 0/0=0']);
  });

  it('gets the received part of a packet that does not end', () => {
    const device = make(own);
    for (let n = 0; n < 300; n++) device.receive(event(2, 0, 1));
    expect(devices.plugged[0]!.written.map(({ length }) => length)).toEqual([256]);
  });

  it.each([
    ['a type that does not exist', event(9, 0, 1)],
    ['a type far beyond', event(0xffffffff, 0, 1)],
    ['a key that it has not', key(31, 1)],
    ['a key that does not exist', key(0x300, 1)],
    ['a value that no key has', key(keyA, 3)],
    ['a negative value of a key', key(keyA, -1)],
    ['an axis that it has not', event(3, 0, 1)],
    ['a wheel that it has not', event(2, scroll, 1)],
    ['a switch that it has not', event(5, 0, 1)],
    ['a light', event(0x11, 0, 1)],
    ['a repetition rate', event(0x14, 0, 1)],
    ['force feedback', event(0x15, 0, 1)],
    ['dropped events', event(0, 3, 0)],
    ['the end of a contact', event(0, 2, 0)],
  ])('does not get %s, which is counted', (_, bad) => {
    const device = make(own);
    expect(receive(device, bad, event(2, 0, 1), end)).toEqual([false, true, true]);
    expect(device.rejected).toBe(1);
    expect(written()).toEqual(['2/0=1 0/0=0']);
  });

  it('does not get the release or the repetition of a key that is not pressed', () => {
    const device = make(own);
    receive(device, key(keyA, 2), key(keyA, 0), end, key(keyA, 1), key(keyA, 2), end, key(keyA, 0), end);
    expect(written()).toEqual(['0/0=0', '1/30=1 1/30=2 0/0=0', '1/30=0 0/0=0']);
    expect(device.rejected).toBe(0);
  });

  it('releases its keys and drops an unfinished packet when the stream is cut', () => {
    const device = make(own);
    receive(device, key(keyA, 1), key(left, 1), end, event(2, 0, 9));
    device.release(true);
    device.release(true);
    expect(written().slice(1)).toEqual(['1/30=0 1/272=0 0/0=0']);
    expect(devices.plugged[0]!.pressed).toEqual([]);
  });

  it('is given the states of its switches, which stay as they are when the stream is cut', () => {
    const device = make(registered('Jack', { ...noCapabilities, switches: [0, 2] }));
    expect(receive(device, event(5, 2, 1), event(5, 0, 2), end)).toEqual([true, false, true]);
    device.release(true);
    device.release(true);
    expect(written()).toEqual(['5/2=1 0/0=0']);
  });

  it('gets the end of a packet when the stream ends without one', () => {
    const device = make(own);
    receive(device, key(keyA, 1));
    device.release(false);
    expect(written()).toEqual(['1/30=1 0/0=0', '1/30=0 0/0=0']);
  });

  it('releases its keys before it is removed', () => {
    const device = make(own);
    receive(device, key(keyA, 1), end);
    const [plugged] = devices.plugged;
    device.destroy();
    expect(plugged!.written.at(-1)).toMatchObject([{ code: keyA, value: 0 }, { type: 0 }]);
    expect(devices.plugged).toEqual([]);
  });

  it('reports times by the clock of this machine', () => {
    const device = make(own);
    receive(device, event(2, 0, 1, 5_000_000), event(0, 0, 0, 5_000_000));
    expect(devices.plugged[0]!.written[0]!.map(({ timestamp }) => timestamp)).toEqual([1_000, 1_000]);
  });

  it.each<[string, EventClass]>([
    ['Generic Wireless Controller', 'controller'],
    ['Optical MOUSE', 'pointer'],
    ['Some TouchPad', 'pointer'],
    ['usb keyboard', 'keyboard'],
    ['Lid Switch', 'switch'],
    ['Switch Pro Controller', 'controller'],
    ['Wireless Controller with a mouse', 'controller'],
  ])('gets its class from its name when nothing else is known: %s', (name, expected) => {
    expect(make(registered(name)).classes).toEqual([expected]);
    expect(devices.plugged[0]!.description).toEqual({
      ...registered(name),
      capabilities: typicalCapabilities[expected],
    });
  });

  it('gets its class from its first event when its name is not known, and keeps it', () => {
    const device = make(registered('Thing'), ['pointer', 'controller']);
    expect(devices.plugged).toEqual([]);
    expect(receive(device, key(keyA, 1), event(4, 4, 7), end)).toEqual([false, false, false]);
    expect(receive(device, event(2, 0, 4), end, key(south, 1))).toEqual([true, true, false]);
    expect(device.classes).toEqual(['pointer']);
    expect(written()).toEqual(['2/0=4 0/0=0']);
  });

  it.each<[string, RegisteredDevice]>([
    ['by what it can send', registered('Mouse', { ...noCapabilities, keys: [keyA] })],
    ['by its name', registered('keyboard')],
  ])('is rejected when its class is not allowed, %s', (_, device) => {
    expect(() => make(device, ['pointer'])).toThrow(
      'the device is of no class that this entry allows (pointer): it is keyboard',
    );
    expect(devices.plugged).toEqual([]);
  });

  it('is rejected when it cannot send any event', () => {
    expect(() => make(registered('Mouse', noCapabilities))).toThrow(
      /allows \(keyboard, pointer, controller, switch\)$/,
    );
  });

  it('is rejected at once when no virtual device can be made, even before its class is known', () => {
    devices.problem = 'there is no /dev/uinput';
    for (const device of [own, registered('Thing')]) expect(() => make(device)).toThrow('there is no /dev/uinput');
  });
});
