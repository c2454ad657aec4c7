// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { EventEmitter } from 'node:events';
import type { Http2Session } from 'node:http2';
import { processClock } from '@givc/time';
import { keepAlive } from './keepalive.js';

/** A connection whose peer is the test. */
class StandInSession extends EventEmitter {
  /** The pings that are not answered. */
  pings: ((error: Error | null) => void)[] = [];
  destroyed = false;
  isFull = false;

  ping(answered: (error: Error | null) => void): boolean {
    this.pings.push(answered);
    return !this.isFull;
  }

  answer(error: Error | null = null): void {
    this.pings.shift()!(error);
  }

  destroy(): void {
    this.destroyed = true;
    this.emit('close');
  }
}

describe('the keepalive of a connection', () => {
  let session: StandInSession;

  beforeEach(() => {
    jest.useFakeTimers();
    session = new StandInSession();
    keepAlive(session as unknown as Http2Session, { everyMs: 30_000, answerMs: 15_000 });
  });
  afterEach(() => {
    session.emit('close');
    jest.restoreAllMocks();
    jest.useRealTimers();
  });

  it('pings each connection at its interval, and keeps one whose peer answers', () => {
    for (let time = 0; time < 3; time++) {
      jest.advanceTimersByTime(30_000 - 1);
      expect(session.pings).toHaveLength(0);
      jest.advanceTimersByTime(1);
      expect(session.pings).toHaveLength(1);
      jest.advanceTimersByTime(14_999);
      session.answer();
    }
    jest.advanceTimersByTime(29_999);
    expect(session.destroyed).toBe(false);
  });

  it('ends one whose peer does not answer in time', () => {
    jest.advanceTimersByTime(30_000 + 14_999);
    expect(session.destroyed).toBe(false);
    jest.advanceTimersByTime(1);
    expect([session.destroyed, jest.getTimerCount()]).toEqual([true, 0]);
  });

  it('ends one that accepts no ping, or on which a ping fails', () => {
    session.isFull = true;
    jest.advanceTimersByTime(30_000);
    expect(session.destroyed).toBe(true);
    session = new StandInSession();
    keepAlive(session as unknown as Http2Session, { everyMs: 30_000, answerMs: 15_000 });
    jest.advanceTimersByTime(30_000);
    session.answer(new Error('cancelled'));
    expect([session.destroyed, jest.getTimerCount()]).toEqual([true, 0]);
  });

  it('does nothing after the connection has ended', () => {
    session.destroy();
    expect(jest.getTimerCount()).toBe(0);
  });

  it('does not ping a destroyed connection that is not closed yet', () => {
    session.destroyed = true;
    jest.advanceTimersByTime(30_000);
    expect([session.pings.length, jest.getTimerCount()]).toEqual([0, 0]);
  });

  it('gives the peer the whole time for its answer again after this process was frozen', () => {
    jest.advanceTimersByTime(30_000);
    const now = performance.now.bind(performance);
    jest.spyOn(processClock, 'now').mockImplementation(() => now() + 3_600_000);
    jest.advanceTimersByTime(15_000);
    expect(session.destroyed).toBe(false);
    jest.advanceTimersByTime(5_000);
    expect(session.destroyed).toBe(true);
  });
});
