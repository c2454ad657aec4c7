// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { PassThrough } from 'node:stream';
import { FakeInputDevices, noCapabilities, usbBus, type InputEvent } from '@givc/input';
import { Log } from '@givc/log';
import { GivcError } from '@givc/model';
import type { RegisteredDevice } from './device-info.js';
import { ReplayedDevices, type EventCall } from './replayed-devices.js';

const registered = (name: string): RegisteredDevice => ({
  name,
  ...{ bus: usbBus, vendor: 1, product: 2, version: 0 },
  capabilities: { ...noCapabilities, keys: [0x110], relative: [0] },
});
const event = (type: number, code: number, value: number): InputEvent => ({ timestamp: 0, type, code, value });
const press = [event(1, 0x110, 1), event(0, 0, 0)];

describe('the devices of a producer', () => {
  let devices: FakeInputDevices;
  let replayed: ReplayedDevices;
  let lines: string[];
  beforeEach(() => {
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask'] });
    devices = new FakeInputDevices();
    lines = [];
    const log = new Log('info', (line) => lines.push(line.trimEnd()), false);
    replayed = new ReplayedDevices(['pointer'], devices, log);
  });
  afterEach(() => {
    replayed.close();
    expect(jest.getTimerCount()).toBe(0);
    jest.useRealTimers();
  });

  /** A stream of the device with this id, and its outcome. */
  const open = (id: string) => {
    const call = new PassThrough({ objectMode: true });
    const outcome = replayed.replay(id, call as unknown as EventCall).then(
      () => 'OK',
      (error: { reason: string }) => error.reason,
    );
    return {
      outcome,
      send: (...events: InputEvent[]) => events.forEach((one) => call.write(one)),
      end: () => call.end(),
      cut: () => call.emit('cancelled'),
    };
  };
  const names = () => devices.plugged.map(({ description }) => description.name);

  it.each([
    ['ends, from a producer of this implementation', 'a', 'end', []],
    ['is cut, from a producer of this implementation', 'a', 'cut', ['Mouse']],
    ['ends, from a producer of another implementation', '', 'end', ['Mouse']],
    ['is cut, from a producer of another implementation', '', 'cut', []],
  ] as const)('are kept for 30 s, or removed, when their stream %s', async (_, id, how, kept) => {
    replayed.register(id, registered('Mouse'));
    const stream = open(id);
    stream.send(...press);
    stream[how]();
    expect(await stream.outcome).toBe(how === 'end' ? 'OK' : 'CANCELLED');
    expect(names()).toEqual(kept);
    expect(devices.plugged.flatMap(({ pressed }) => pressed)).toEqual([]);
    jest.advanceTimersByTime(29_999);
    expect(names()).toEqual(kept);
    jest.advanceTimersByTime(1);
    expect(names()).toEqual([]);
  });

  it('end their stream with the reason when the kernel cannot create a device for the first event', async () => {
    replayed.register('a', { ...registered('Thing'), capabilities: undefined });
    jest.spyOn(devices, 'create').mockImplementation(() => {
      throw new GivcError('FAILED_PRECONDITION', 'there is no /dev/uinput');
    });
    const stream = open('a');
    stream.send(...press);
    expect(await stream.outcome).toBe('FAILED_PRECONDITION');
  });

  it('are removed after 30 s without a stream', () => {
    replayed.register('a', registered('Mouse'));
    jest.advanceTimersByTime(30_000);
    expect(names()).toEqual([]);
    expect(lines.at(-1)).toContain('reason="its producer is gone"');
  });

  it('are kept while they have a stream', async () => {
    replayed.register('a', registered('Mouse'));
    const stream = open('a');
    jest.advanceTimersByTime(600_000);
    expect(names()).toEqual(['Mouse']);
    stream.end();
    await stream.outcome;
  });

  it('have only the newest stream, which begins with no button pressed', async () => {
    replayed.register('a', registered('Mouse'));
    const [device] = devices.plugged;
    const old = open('a');
    old.send(...press);
    while (device!.pressed.length === 0) await new Promise((resolve) => setImmediate(resolve));
    const stream = open('a');
    expect(device!.pressed).toEqual([]);
    expect(await old.outcome).toBe('ABORTED');
    old.send(event(2, 0, 7), event(0, 0, 0));
    stream.send(event(2, 0, 1), event(0, 0, 0));
    stream.end();
    expect(await stream.outcome).toBe('OK');
    expect(device!.written.flat().filter(({ type }) => type === 2)).toMatchObject([{ value: 1 }]);
  });

  it('are kept when they are registered again unchanged, and replaced otherwise', async () => {
    replayed.register('a', registered('Mouse'));
    const [before] = devices.plugged;
    const stream = open('a');
    replayed.register('a', registered('Mouse'));
    expect(await stream.outcome).toBe('ABORTED');
    expect(devices.plugged).toEqual([before]);
    replayed.register('a', registered('Other Mouse'));
    expect(names()).toEqual(['Other Mouse']);
  });

  it('are recognized under another id when their stream was cut by a restart of the agent', async () => {
    for (const id of ['a', 'b']) replayed.register(id, registered('Mouse'));
    const before = [...devices.plugged];
    expect(before).toHaveLength(2);
    const streams = [open('a'), open('b')];
    for (const stream of streams) stream.cut();
    await Promise.all(streams.map(({ outcome }) => outcome));
    for (const id of ['c', 'd']) replayed.register(id, registered('Mouse'));
    expect(devices.plugged).toEqual(before);
    replayed.register('e', registered('Mouse'));
    expect(devices.plugged).toHaveLength(3);
  });

  it('are limited to sixteen', () => {
    for (let n = 0; n < 16; n++) replayed.register(`device ${n}`, registered(`Mouse ${n}`));
    expect(() => replayed.register('one more', registered('Mouse'))).toThrow('there are 16 devices already');
    replayed.register('device 3', registered('Mouse'));
    expect(names()).toHaveLength(16);
  });

  it('accept streams of registered devices only', async () => {
    replayed.register('a', registered('Mouse'));
    expect(await open('b').outcome).toBe('FAILED_PRECONDITION');
    expect(() => replayed.nameOf('b')).toThrow('call RegisterDevice first');
  });

  it('are logged with the number of their rejected events', async () => {
    replayed.register('a', registered('Mouse'));
    const stream = open('a');
    stream.send(event(1, 30, 1), event(1, 31, 1));
    stream.end();
    await stream.outcome;
    expect(lines).toEqual([
      'info: event proxy: a device was plugged in device=Mouse vendor=0001 product=0002 classes=pointer',
      'warn: event proxy: an event was rejected that the device cannot send device=Mouse type=1 code=30 value=1',
      'info: event proxy: a device was removed device=Mouse reason=unplugged rejected=2',
    ]);
  });
});
