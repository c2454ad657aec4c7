// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { eventTypes, synDropped } from './event-codes.js';
import { encodeEvents, type InputEvent } from './input-event.js';
import { PacketReader } from './packet-reader.js';

const event = (type: number, code: number, value: number): InputEvent => ({
  timestamp: 1_700_000_000_000_001,
  type,
  code,
  value,
});
const key = (code: number, value: number) => event(eventTypes.key, code, value);
const end = event(0, 0, 0);
const dropped = event(0, synDropped, 0);

describe('the events of a kernel device', () => {
  let packets: string[];
  let pressedNow: number[];
  let onNow: number[];
  let reader: PacketReader;
  beforeEach(() => {
    packets = [];
    [pressedNow, onNow] = [[], [0]];
    reader = new PacketReader(
      (packet) => packets.push(packet.map(({ type, code, value }) => `${type}/${code}=${value}`).join(' ')),
      () => [
        ...pressedNow.map((code) => ({ type: eventTypes.key, code })),
        ...onNow.map((code) => ({ type: eventTypes.switch, code })),
      ],
    );
  });

  it('are grouped into packets that end with SYN_REPORT', () => {
    reader.read(encodeEvents([event(2, 0, 5), event(2, 1, -5), end, key(30, 1)]));
    expect(packets).toEqual(['2/0=5 2/1=-5 0/0=0']);
    reader.read(encodeEvents([end]));
    expect(packets).toEqual(['2/0=5 2/1=-5 0/0=0', '1/30=1 0/0=0']);
  });

  it('have times in microseconds', () => {
    const times: number[] = [];
    const timed = new PacketReader(
      (packet) => times.push(packet[0]!.timestamp),
      () => [],
    );
    timed.read(encodeEvents([end]));
    expect(times).toEqual([1_700_000_000_000_001]);
  });

  it('are parsed at any boundaries of reads', () => {
    const bytes = encodeEvents([key(30, 1), end, key(30, 0), end]);
    for (const byte of bytes) reader.read(Buffer.from([byte]));
    expect(packets).toEqual(['1/30=1 0/0=0', '1/30=0 0/0=0']);
  });

  it('are skipped to the end of the packet when the kernel has dropped some', () => {
    reader.read(encodeEvents([event(2, 0, 1), dropped, event(2, 0, 2), end, event(2, 0, 3), end]));
    expect(packets).toEqual(['2/0=3 0/0=0']);
  });

  it('include the keys that were pressed and released while the kernel dropped events', () => {
    reader.read(encodeEvents([key(30, 1), key(31, 1), end]));
    pressedNow = [31, 48];
    reader.read(encodeEvents([dropped, end, event(2, 0, 1), end]));
    expect(packets.slice(1)).toEqual(['1/30=0 1/48=1 0/0=0', '2/0=1 0/0=0']);
    pressedNow = [];
    reader.read(encodeEvents([dropped, end]));
    expect(packets.at(-1)).toBe('1/31=0 1/48=0 0/0=0');
  });

  it('include the switches that were turned on and off while the kernel dropped events', () => {
    onNow = [5];
    reader.read(encodeEvents([dropped, end]));
    expect(packets).toEqual(['5/0=0 5/5=1 0/0=0']);
    onNow = [0];
    reader.read(encodeEvents([event(5, 2, 1), end, dropped, end]));
    expect(packets.at(-1)).toBe('5/5=0 5/2=0 5/0=1 0/0=0');
  });

  it('are passed on in parts when a packet does not end', () => {
    for (let n = 0; n < 600; n++) reader.add(event(2, 0, 1));
    expect(packets).toHaveLength(1);
  });
});
