// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { classesOf, eventClasses, FakeInputDevices, typicalCapabilities, type InputEvent } from '@givc/input';
import { eventproxy } from '@givc/rpc';
import {
  deviceInfoOf,
  deviceKey,
  parseDeviceId,
  parseDeviceInfo,
} from '../../apps/agent/src/event-proxy/device-info.js';
import { ReplayedDevice } from '../../apps/agent/src/event-proxy/replayed-device.js';
import { encodeEvents } from '../../libs/input/src/input-event.js';
import { PacketReader } from '../../libs/input/src/packet-reader.js';
import { chunksOf, cutsOf } from './engine/chunks.js';
import { oddNumbers } from './engine/odd.js';
import { requirePlain } from './engine/requirements.js';
import { sentBy } from './engine/sent.js';
import { target } from './engine/target.js';
import { texts } from './engine/texts.js';
import { messagesLike } from './engine/values.js';

const description = { name: 'Xbox Controller', vendor: 0x45e, product: 0x2ea, bus: 3, version: 1 };
const known = eventClasses.map((one) => deviceInfoOf({ ...description, capabilities: typicalCapabilities[one] }));
const infos = messagesLike<eventproxy.DeviceInfo>(
  [...known, { deviceId: 1, vendorId: 2, name: 'Keyboard', capabilities: undefined }],
  ['Touchpad', 'ä'.repeat(50)],
).map((info) => sentBy(eventproxy.DeviceInfo)(info) ?? known[0]!);

/** The highest codes of linux/input-event-codes.h. */
const last = { properties: 0x1f, keys: 0x2ff, relative: 0x0f, misc: 0x07 } as const;

export const deviceInfos = target({
  ...{
    name: 'device-infos',
    parses: 'parseDeviceInfo, parseDeviceName, parseCapabilities and parseDeviceId of apps/agent',
  },
  input: fc.record({ info: infos, id: texts(['8f2c1a34-0000-4000-8000-1234567890ab', '']) }),
  outputMax: 64 * 1024,
  parse: ({ info, id }) => ({ device: parseDeviceInfo(info), id: parseDeviceId({ get: () => (id ? [id] : []) }) }),
  accepted: ({ device, id }, { info, id: given }) => {
    assert.equal(id, given);
    assert(id.length <= 64 && /^[ -~]*$/.test(id), `it is not a ${deviceKey}`);
    requirePlain(device.name);
    assert(
      Buffer.byteLength(device.name) < 80 && device.name !== '',
      `a name of ${Buffer.byteLength(device.name)} bytes`,
    );
    for (const number of [device.vendor, device.product, device.bus, device.version])
      assert(Number.isInteger(number) && number >= 0 && number <= 0xffff, `${number}`);
    const { capabilities } = device;
    if (!capabilities) return assert.equal(info.capabilities, undefined);
    for (const kind of ['properties', 'keys', 'relative', 'misc'] as const) {
      const expected = [...new Set(info.capabilities![kind])].sort((a, b) => a - b);
      assert.deepEqual(capabilities[kind], expected);
      assert(
        expected.every((code) => code >= 0 && code <= last[kind]),
        `a code of ${kind} that there is not`,
      );
    }
    for (const { code, minimum, maximum } of capabilities.absolute) {
      assert(code >= 0 && code <= 0x3f && (minimum < maximum || (minimum === 0 && maximum === 0)), `axis ${code}`);
      assert(maximum - minimum < 2 ** 31, 'the range of an axis has more than 31 bits');
    }
    const again = parseDeviceInfo(deviceInfoOf({ ...device, capabilities }));
    assert.deepEqual(again, device, 'it is another device when it is registered again');
  },
});

const number = fc.oneof(
  fc.nat(6),
  fc.constantFrom(30, 0x110, 0x130, 0x2c0, 0x2f),
  fc.constantFrom(...oddNumbers).map(Math.trunc),
);
const event: fc.Arbitrary<InputEvent> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ timestamp: fc.nat(), type: fc.nat(4), code: number, value: fc.nat(2) }) },
  { weight: 2, arbitrary: fc.constant<InputEvent>({ timestamp: 5, type: 0, code: 0, value: 0 }) },
  { weight: 1, arbitrary: fc.record({ timestamp: number, type: number, code: number, value: number }) },
);

export const replayedEvents = target({
  ...{
    name: 'replayed-events',
    parses: 'ReplayedDevice of apps/agent: the events of a device of another machine',
    rejection: { reasons: ['PERMISSION_DENIED'] },
  },
  input: fc.record({
    info: fc.constantFrom(...known, { deviceId: 1, vendorId: 2, name: 'Thing', capabilities: undefined }),
    allowed: fc.subarray([...eventClasses], { minLength: 1 }),
    events: fc.array(event, { maxLength: 40 }),
    isCut: fc.boolean(),
  }),
  outputMax: Infinity,
  parse: ({ info, allowed, events, isCut }) => {
    const devices = new FakeInputDevices();
    const replayed = new ReplayedDevice(parseDeviceInfo(info), allowed, devices, () => 0);
    const taken = events.map((one) => replayed.receive(one));
    replayed.release(isCut);
    const made = devices.plugged.map(({ written, pressed, description: { capabilities } }) => ({
      ...{ written: [...written], pressed: [...pressed], capabilities },
    }));
    return { made, refused: replayed.rejected, taken };
  },
  accepted: ({ made, refused, taken }, { allowed, events }) => {
    assert(made.length <= 1, 'there is more than one device');
    assert.equal(refused, taken.filter((isTaken) => !isTaken).length);
    for (const { written, pressed, capabilities } of made) {
      assert.deepEqual(pressed, [], 'a key stays pressed');
      const classes = classesOf(capabilities);
      assert(
        classes.some((one) => allowed.includes(one)),
        `it is a ${classes.join()}`,
      );
      for (const packet of written) {
        assert(packet.length <= 256 + 1, `a packet of ${packet.length} events`);
        for (const { type, code, value } of packet) {
          if (type === 1) assert(capabilities.keys.includes(code) && [0, 1, 2].includes(value), `key ${code} ${value}`);
          else if (type === 2) assert(capabilities.relative.includes(code), `motion ${code}`);
          else if (type === 3)
            assert(
              capabilities.absolute.some((axis) => axis.code === code),
              `axis ${code}`,
            );
          else if (type === 4) assert(capabilities.misc.includes(code));
          else assert(type === 0 && (code === 0 || code === 2), `type ${type}`);
        }
      }
      const count = written.flat().filter(({ type }) => type !== 0).length;
      assert(count <= 2 * events.length, `${count} events of ${events.length}`);
    }
  },
});

const kernelEvent = fc.oneof(
  fc.record(
    { timestamp: fc.nat(), type: fc.nat(4), code: fc.nat(5), value: fc.integer({ min: -2, max: 2 }) },
    { noNullPrototype: true },
  ),
  fc.constantFrom(...[0, 3].map((code): InputEvent => ({ timestamp: 7, type: 0, code, value: 0 }))),
);

/**
 * The complete packets. When the kernel has dropped events, the rest of that packet is left out, and all of its keys
 * are released at its end.
 */
function expectedPackets(events: readonly InputEvent[]): InputEvent[][] {
  const packets: InputEvent[][] = [];
  const pressed = new Set<number>();
  let packet: InputEvent[] | undefined = [];
  for (const one of events) {
    const isEnd = one.type === 0 && one.code === 0;
    if (one.type === 0 && one.code === 3) packet = undefined;
    else if (packet) {
      if (one.type === 1 && one.value === 0) pressed.delete(one.code);
      else if (one.type === 1) pressed.add(one.code);
      packet.push(one);
      if (isEnd) packets.push(packet.splice(0));
    } else if (isEnd) {
      packet = [];
      const released = [...pressed].map((code) => ({ ...one, type: 1, code, value: 0 }));
      if (released.length > 0) packets.push([...released, one]);
      pressed.clear();
    }
  }
  return packets;
}

export const eventPackets = target({
  ...{
    name: 'event-packets',
    parses: 'PacketReader of libs/input: what a device of the kernel sends, cut anywhere',
    rejection: 'never',
  },
  input: fc.record({ events: fc.array(kernelEvent, { maxLength: 60 }), cuts: cutsOf(1_500) }),
  outputMax: Infinity,
  parse: ({ events, cuts }) => {
    const packets: InputEvent[][] = [];
    const reader = new PacketReader(
      (packet) => packets.push([...packet]),
      () => [],
    );
    for (const chunk of chunksOf(encodeEvents(events), cuts)) reader.read(chunk);
    return packets;
  },
  accepted: (packets, { events }) => {
    assert.deepEqual(packets, expectedPackets(events));
  },
});
