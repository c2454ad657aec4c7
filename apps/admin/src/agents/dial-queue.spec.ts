// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { AgentConnection } from './agent-connection.js';
import { DialQueue } from './dial-queue.js';

describe('the queue of connections to agents', () => {
  let queue: DialQueue;
  let connected: number[];
  let connections: (AgentConnection & { isReachable: boolean })[];

  beforeEach(() => {
    jest.useFakeTimers();
    queue = new DialQueue();
    connected = [];
    connections = Array.from(
      { length: 12 },
      (_, n) => ({ isReachable: false, connect: () => connected.push(n) }) as unknown as (typeof connections)[number],
    );
  });
  afterEach(() => {
    queue.close();
    expect(jest.getTimerCount()).toBe(0);
    jest.useRealTimers();
  });

  const addAll = () => {
    for (const connection of connections) queue.add(connection);
  };

  it('connects four at once, and the next when one of them is established or has failed', () => {
    addAll();
    expect(connected).toEqual([0, 1, 2, 3]);
    queue.settled(connections[2]!);
    queue.settled(connections[2]!);
    expect(connected).toEqual([0, 1, 2, 3, 4]);
    expect(connections.map((one) => queue.isWaiting(one)).indexOf(true)).toBe(5);
  });

  it('connects the next ones after half a second when machines do not answer', () => {
    addAll();
    jest.advanceTimersByTime(499);
    expect(connected).toHaveLength(4);
    jest.advanceTimersByTime(1);
    expect(connected).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });

  it('does not wait for a connection that a call has established before its turn', () => {
    for (const connection of connections.slice(4)) connection.isReachable = true;
    addAll();
    queue.settled(connections[0]!);
    expect(connected).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
  });

  it('passes over a connection that is closed before its turn', () => {
    addAll();
    queue.remove(connections[4]!);
    queue.remove(connections[0]!);
    expect(connected).toEqual([0, 1, 2, 3, 5]);
  });

  it('connects nothing more after it was closed', () => {
    addAll();
    queue.close();
    for (const connection of connections) queue.settled(connection);
    expect(connected).toEqual([0, 1, 2, 3]);
  });
});
