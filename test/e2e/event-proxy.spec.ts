// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import {
  at,
  buttonLeft,
  buttonSouth,
  controller,
  described,
  end,
  EventPair,
  headphones,
  key,
  keyA,
  keyboard,
  lid,
  mouse,
  move,
  packetsOf,
  turn,
  until,
  wheel,
  x,
  y,
  type EventPairOptions,
} from '../support/event-pair.js';

describe('an input device of another machine', () => {
  let pair: EventPair;
  const start = async (options?: EventPairOptions) => {
    pair = await EventPair.start(options);
  };
  afterEach(() => pair.stop());

  const sent = 'events of a device are sent';
  /**
   * Plugs the device in; resolves with it, its virtual device and the packets of the virtual device, once events are
   * sent.
   */
  const plug = async (description = mouse()) => {
    const before = pair.lines.filter((line) => line.includes(sent)).length;
    const device = pair.devices.plug(description);
    await pair.logged(sent, before + 1);
    const virtual = await pair.replayed(description.name);
    return { device, virtual, packets: packetsOf(pair.virtual, virtual) };
  };

  it('has the name, the numbers and the capabilities of the device', async () => {
    await start({ device: 'controller' });
    expect((await plug(controller())).virtual.description).toEqual(controller());
  });

  it('sends its packets unchanged and in order', async () => {
    await start();
    const { device, packets } = await plug();
    device.emit(move(x, 3), move(y, -2), end);
    device.emit(key(buttonLeft, 1), end, move(wheel, 1), end);
    device.emit(key(buttonLeft, 0), end);
    await until(() => packets.length === 4);
    expect(packets).toEqual(['2/0=3 2/1=-2 0/0=0', '1/272=1 0/0=0', '2/8=1 0/0=0', '1/272=0 0/0=0']);
  });

  it('is waited for with one line in the log, and found when it is plugged in', async () => {
    await start();
    pair.devices.plug(keyboard());
    expect(pair.lines).toContain('info: event proxy waits for a device device=mouse');
    const { device, packets } = await plug();
    device.emit(move(x, 1), end);
    await until(() => packets.length === 1);
    expect(pair.lines.filter((line) => line.includes('waits for a device'))).toHaveLength(1);
    expect(pair.virtual.plugged).toHaveLength(1);
  });

  it('disappears when it is unplugged, and is back when it is plugged in again', async () => {
    await start();
    const { device } = await plug();
    device.unplug();
    await until(() => pair.virtual.plugged.length === 0);
    expect(pair.lines.at(-1)).toBe('info: event proxy: a device was removed device="Optical Mouse" reason=unplugged');
    const again = await plug();
    again.device.emit(move(x, 1), end);
    await until(() => again.packets.length === 1);
  });

  it('has a virtual device of its own beside others of its name', async () => {
    await start();
    const [one, other] = [await plug(mouse('Mouse One')), await plug(mouse('Mouse Two'))];
    other.device.emit(move(x, 2), end);
    one.device.emit(move(x, 1), end);
    await until(() => one.packets.length === 1 && other.packets.length === 1);
    expect([one.packets, other.packets]).toEqual([['2/0=1 0/0=0'], ['2/0=2 0/0=0']]);
    one.device.unplug();
    await until(() => pair.virtual.plugged.length === 1);
    other.device.emit(move(x, 3), end);
    await until(() => other.packets.length === 2);
  });

  it('has no button pressed when the link drops, and goes on as the same device when it is back', async () => {
    await start();
    const { device, virtual, packets } = await plug();
    device.emit(key(buttonLeft, 1), end);
    await until(() => virtual.pressed.length === 1);
    pair.relay.sever();
    await until(() => virtual.pressed.length === 0);
    await pair.logged(sent, 2);
    device.emit(move(x, 1), end);
    await until(() => packets.length === 3);
    expect(packets).toEqual(['1/272=1 0/0=0', '1/272=0 0/0=0', '2/0=1 0/0=0']);
    expect(pair.virtual.plugged).toEqual([virtual]);
  });

  it('has no button pressed when its producer stops', async () => {
    await start();
    const producer = pair.startProducer({ device: 'controller' });
    const { device, virtual } = await plug(controller());
    device.emit(key(buttonSouth, 1), end);
    await until(() => virtual.pressed.length === 1);
    producer.close();
    await until(() => virtual.pressed.length === 0);
  });

  it('disappears when the consumer stops', async () => {
    await start();
    await plug();
    await pair.server.close();
    expect(pair.virtual.plugged).toEqual([]);
  });

  it('sends to the consumer alone when it is grabbed, and to all programs otherwise', async () => {
    await start({ grab: true });
    expect((await plug()).device.isGrabbed).toBe(true);
    pair.startProducer({ device: 'controller' });
    expect((await plug(controller())).device.isGrabbed).toBe(false);
  });

  it('is sent although another program has grabbed it, with a line in the log', async () => {
    await start({ grab: true });
    const device = pair.devices.plug(mouse('Other Pointer'));
    pair.devices.open(device.path).grab();
    expect(pair.lines.some((line) => line.includes('cannot grab'))).toBe(false);
    const other = pair.devices.plug(mouse());
    await pair.logged(sent);
    expect(other.isGrabbed).toBe(true);
  });

  it('is never a virtual device of an event proxy', async () => {
    await start();
    pair.startProducer({}, pair.virtual);
    await plug();
    pair.virtual.plug(mouse('Local Mouse'));
    await pair.logged(sent, 2);
    expect(pair.virtual.plugged.map(({ description, readers }) => `${description.name}: ${readers}`)).toEqual([
      'Optical Mouse: 1',
      'Local Mouse: 1',
      'Local Mouse: 0',
    ]);
  });

  it('is rejected with one line in the log when its class is not allowed', async () => {
    await start({ device: 'keyboard' });
    pair.devices.plug(keyboard());
    await pair.logged('no events are sent');
    await pair.record.next('PERMISSION_DENIED');
    await pair.record.next('PERMISSION_DENIED');
    expect(pair.lines.filter((line) => line.includes('no events are sent'))).toEqual([
      'warn: event proxy: no events are sent device="Desk Keyboard" path=/dev/input/event0 error="the device is of no ' +
        'class that this entry allows (pointer, controller): it is keyboard"',
    ]);
    expect(pair.virtual.plugged).toEqual([]);
  });

  it('sends no event of a class that is not allowed', async () => {
    await start();
    const both = described('Mouse With Keys', { keys: [keyA, buttonLeft], relative: [x] });
    const { device, virtual, packets } = await plug(both);
    expect(virtual.description.capabilities.keys).toEqual([buttonLeft]);
    device.emit(key(keyA, 1), end);
    device.emit(move(x, 1), end);
    await until(() => packets.length === 1);
    expect(virtual.pressed).toEqual([]);
    expect(pair.lines.filter((line) => line.includes('an event was rejected'))).toHaveLength(1);
  });

  it('cannot be made without uinput, and is made as soon as uinput is there', async () => {
    await start();
    pair.virtual.problem = 'there is no /dev/uinput: load the kernel\'s module "uinput" (modprobe uinput)';
    const device = pair.devices.plug(mouse());
    await pair.logged('modprobe uinput');
    expect((await pair.record.next('FAILED_PRECONDITION')).request).toEqual({ name: 'Optical Mouse' });
    pair.virtual.problem = undefined;
    const virtual = await pair.replayed('Optical Mouse');
    await pair.logged(sent);
    device.emit(key(buttonLeft, 1), end);
    await until(() => virtual.pressed.length === 1);
  });

  it('has the switches of the device as they are, from the beginning and when they change', async () => {
    await start({ device: 'laptop', classes: ['switch'] });
    const laptop = pair.devices.plug(described('Laptop', { keys: [keyA], switches: [lid, headphones] }));
    laptop.emit(turn(headphones, 1), end);
    const virtual = await pair.replayed('Laptop');
    await until(() => virtual.written.length === 1);
    laptop.emit(turn(lid, 1), end, turn(headphones, 0), key(keyA, 1), end);
    await until(() => virtual.written.length === 3);
    expect(virtual.written.map((packet) => packet.map(({ type, code, value }) => [type, code, value]))).toEqual([
      [
        [5, lid, 0],
        [5, headphones, 1],
        [0, 0, 0],
      ],
      [
        [5, lid, 1],
        [0, 0, 0],
      ],
      [
        [5, headphones, 0],
        [0, 0, 0],
      ],
    ]);
    expect(virtual.description.capabilities).toMatchObject({ keys: [], switches: [lid, headphones] });
  });

  it('sends twenty thousand changes of keys in order', async () => {
    await start({ device: 'keyboard', classes: ['keyboard'] });
    const { device, packets } = await plug(
      described('Keyboard', { keys: Array.from({ length: 20 }, (_, n) => n + 1) }),
    );
    const expected: string[] = [];
    for (let n = 0; n < 2_000; n++) {
      const turns = Array.from({ length: 10 }, (_, one) => n * 10 + one);
      const changes = turns.map((turn) => key(1 + (turn % 20), 1 - (Math.floor(turn / 20) % 2)));
      expected.push([...changes, end].map(({ type, code, value }) => `${type}/${code}=${value}`).join(' '));
      device.emit(...changes, end);
      if (n % 100 === 0) await until(() => packets.length > n - 500);
    }
    await until(() => packets.length === expected.length);
    expect(packets).toEqual(expected);
  });

  it('moves as far as its device when that is faster than the link, and loses or reorders no key', async () => {
    await start();
    const { device, packets } = await plug();
    let presses = 0;
    for (let n = 1; n <= 40_000; n++) {
      device.emit(move(x, 1), move(y, -1), end);
      if (n % 1_000 === 0) device.emit(key(buttonLeft, ++presses % 2), end);
    }
    const sums = () => [0, 1].map((axis) => packets.reduce((sum, packet) => sum + axisOf(packet, axis), 0));
    const axisOf = (packet: string, axis: number) => Number(new RegExp(`2/${axis}=(-?\\d+)`).exec(packet)?.[1] ?? 0);
    await until(() => packets.filter((packet) => packet.startsWith('1/272')).length === 40);
    expect(sums()).toEqual([40_000, -40_000]);
    let moved = 0;
    const movedAtPresses: number[] = [];
    for (const packet of packets) {
      moved += axisOf(packet, 0);
      if (packet.startsWith('1/272')) movedAtPresses.push(moved);
    }
    expect(movedAtPresses).toEqual(Array.from({ length: 40 }, (_, n) => (n + 1) * 1_000));
    expect(packets.length).toBeLessThan(40_000);
  });

  it('ends at the last of the absolute positions that it was sent', async () => {
    await start({ device: 'controller' });
    const { device, packets } = await plug(controller());
    for (let n = 1; n <= 100; n++) device.emit(at(0, n), at(1, -n), end);
    await until(() => packets.at(-1) === '3/0=100 3/1=-100 0/0=0');
  });
});
