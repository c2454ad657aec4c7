// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { InputEvent } from '@givc/input';
import { EventQueue } from './event-queue.js';

const event = (type: number, code: number, value: number, timestamp = 1): InputEvent => ({
  timestamp,
  type,
  code,
  value,
});
const packet = (...events: InputEvent[]) => [...events, event(0, 0, 0, events[0]!.timestamp)];
const key = (value: number) => packet(event(1, 30, value));
const move = (code: number, value: number, timestamp?: number) => packet(event(2, code, value, timestamp));
const position = (code: number, value: number) => packet(event(3, code, value));

describe('the queue of a device', () => {
  let queue: EventQueue;
  let rooms: number;
  beforeEach(() => {
    rooms = 0;
    queue = new EventQueue(() => rooms++, 1);
  });

  /** Everything that is waiting. */
  const rest = async (): Promise<string[]> => {
    queue.end();
    const found: string[] = [];
    for await (const { type, code, value } of queue) found.push(`${type}/${code}=${value}`);
    return found;
  };

  it('passes packets on in their order', async () => {
    for (const one of [key(1), move(0, 5), key(0)]) queue.push(one);
    expect(await rest()).toEqual(['1/30=1', '0/0=0', '2/0=5', '0/0=0', '1/30=0', '0/0=0']);
  });

  it('adds up movements that follow each other, by axis', async () => {
    for (const one of [move(0, 5), move(1, 2), move(0, -3), packet(event(2, 8, 1), event(2, 0, 1))]) queue.push(one);
    expect(await rest()).toEqual(['2/0=3', '2/1=2', '2/8=1', '0/0=0']);
  });

  it('keeps only the last position of each axis', async () => {
    for (const one of [position(0, 5), position(1, 7), position(0, 6)]) queue.push(one);
    expect(await rest()).toEqual(['3/0=6', '3/1=7', '0/0=0']);
  });

  it('gives merged packets the time of the later one', async () => {
    queue.push(move(0, 1, 10));
    queue.push(move(0, 1, 20));
    queue.end();
    const times: number[] = [];
    for await (const { timestamp } of queue) times.push(timestamp);
    expect(times).toEqual([20, 20]);
  });

  it.each([
    ['keys', [key(1), key(0)]],
    ['movements on both sides of a key', [move(0, 1), key(1), move(0, 1)]],
    ['a movement and a position', [move(0, 1), position(0, 1)]],
    ['contacts of multi-touch', [position(0x2f, 1), position(0x2f, 2)]],
    ['a movement with a key', [packet(event(2, 0, 1), event(1, 30, 1)), move(0, 1)]],
    ['movements whose sum exceeds the numbers of the kernel', [move(0, 0x7fffffff), move(0, 1)]],
  ])('never merges %s', (_, packets) => {
    for (const one of packets) queue.push(one);
    expect(queue).toHaveLength(packets.length);
  });

  it('merges nothing while fewer than sixteen packets are waiting, even from a mouse with 8,000 reports a second', () => {
    const own = new EventQueue(() => undefined);
    for (let n = 0; n < 16; n++) own.push(move(0, 1));
    expect(own).toHaveLength(16);
    own.push(move(0, 1));
    expect(own).toHaveLength(16);
  });

  it('does not grow when a mouse is faster than the link', () => {
    for (let n = 0; n < 100_000; n++) queue.push(packet(event(2, 0, 1), event(2, 1, 1)));
    expect(queue).toHaveLength(1);
    expect(queue.isFull).toBe(false);
  });

  it('is full of packets that cannot be merged, and calls back when there is room', async () => {
    for (let n = 0; !queue.isFull; n++) queue.push(key(n % 2));
    expect(queue).toHaveLength(1_024);
    const events = queue[Symbol.asyncIterator]();
    expect(rooms).toBe(0);
    await events.next();
    expect(rooms).toBe(1);
  });

  it('passes on packets that arrive while it is awaited, and the remaining ones when it ends', async () => {
    const events = queue[Symbol.asyncIterator]();
    const next = events.next();
    queue.push(key(1));
    expect((await next).value).toMatchObject({ code: 30, value: 1 });
    queue.end();
    await events.next();
    expect((await events.next()).done).toBe(true);
  });
});
