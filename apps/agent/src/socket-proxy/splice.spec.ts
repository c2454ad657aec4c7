// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { heapGrowth } from './heap-growth.js';
import { settled } from '../../fixtures/fake-time.fixture.js';
import { FakePair } from './transfer.fixture.js';

describe('a socket that is joined with a call', () => {
  let pair: FakePair;
  beforeEach(() => {
    pair = FakePair.onVirtualClock();
  });
  afterEach(() => pair.end());

  it('passes bytes in both directions, in order', async () => {
    pair.join();
    pair.socket.send('a');
    pair.socket.send('b');
    pair.frames.send('c');
    pair.frames.send('d');
    await settled();
    expect(pair.frames.received.join('')).toBe('ab');
    expect(pair.socket.received).toBe('cd');
    expect(pair.outcome).toBeUndefined();
  });

  it('counts the bytes in both directions, so that the heap may grow while it is busy', async () => {
    const carried = jest.spyOn(heapGrowth, 'carried');
    pair.join();
    pair.socket.send('out');
    pair.frames.send('in');
    await settled();
    expect(carried.mock.calls).toEqual([[3], [2]]);
    carried.mockRestore();
  });

  it('drops bytes that a peer sends after its Eof', async () => {
    pair.join();
    pair.frames.sendEof();
    pair.frames.send('too late');
    await settled();
    expect([pair.socket.received, pair.outcome]).toEqual(['', undefined]);
    pair.socket.sendEnd();
    await settled();
    expect(pair.outcome).toBe('done');
  });

  it('passes on no empty frames', async () => {
    pair.join();
    pair.frames.send('');
    await settled();
    expect([pair.socket.received, pair.frames.received]).toEqual(['', []]);
  });

  it('is not read while the call does not accept more bytes', async () => {
    pair.join();
    pair.frames.stopReading();
    const sent = Array.from({ length: 17 }, (_, n) => String(n));
    for (const text of sent.slice(0, 15)) {
      pair.socket.send(text);
      await settled();
    }
    expect(pair.socket.isPaused()).toBe(false);
    pair.socket.send(sent[15]!);
    await settled();
    expect(pair.socket.isPaused()).toBe(true);
    pair.socket.send(sent[16]!);
    await settled();
    pair.frames.readAgain();
    await settled();
    expect(pair.socket.isPaused()).toBe(false);
    expect(pair.frames.received).toEqual(sent);
  });

  it('makes the call wait while the socket does not read, after one buffered message', async () => {
    pair.join();
    expect(pair.frames.readableHighWaterMark).toBe(1);
    pair.socket.stopReading();
    pair.frames.send('12345678');
    await settled();
    expect(pair.frames.isPaused()).toBe(true);
    pair.frames.send('9');
    await settled();
    expect(pair.frames.readableLength).toBe(1);
    pair.socket.readAgain();
    await settled();
    expect(pair.frames.isPaused()).toBe(false);
    expect(pair.socket.received).toBe('123456789');
  });

  describe('with a peer that can close one direction', () => {
    it('sends one Eof when the socket ends, still gets bytes, and closes when the peer has also ended', async () => {
      pair.join();
      pair.socket.send('bye');
      pair.socket.sendEnd();
      await settled();
      expect(pair.frames.received).toEqual(['bye', ' (end)']);
      pair.frames.send('see you');
      await settled();
      expect(pair.socket.received).toBe('see you');
      expect([pair.outcome, pair.isClosed, pair.frames.writableEnded]).toEqual([undefined, false, false]);
      pair.frames.sendEof();
      await settled();
      expect([pair.outcome, pair.isClosed, pair.frames.writableEnded]).toEqual(['done', true, true]);
      expect(pair.frames.received).toEqual(['bye', ' (end)']);
      expect(jest.getTimerCount()).toBe(0);
    });

    it.each([
      ['an Eof', () => pair.frames.send('last', true)],
      ['the end of the call', () => (pair.frames.send('last'), pair.frames.sendEnd())],
    ])('ends the socket after %s, and still reads it to its end', async (_, sendEnd) => {
      pair.join();
      sendEnd();
      await settled();
      expect(pair.socket.received).toBe('last');
      expect([pair.socket.writableEnded, pair.isClosed, pair.outcome]).toEqual([true, false, undefined]);
      pair.socket.send('still here');
      pair.socket.sendEnd();
      await settled();
      expect(pair.frames.received).toEqual(['still here', ' (end)']);
      expect([pair.outcome, pair.isClosed, pair.frames.writableEnded]).toEqual(['done', true, true]);
    });

    it('does not close the socket before its Eof was sent', async () => {
      pair.join();
      pair.frames.sendEof();
      await settled();
      pair.frames.stopReading();
      pair.socket.sendEnd();
      await settled();
      expect(pair.outcome).toBeUndefined();
      pair.frames.readAgain();
      await settled();
      expect(pair.outcome).toBe('done');
    });
  });

  it('is closed by the Eof of a peer that cannot close one direction, which also gets an Eof', async () => {
    pair.join({ halfCloses: false });
    pair.frames.send('last', true);
    await settled();
    expect(pair.socket.received).toBe('last');
    expect([pair.outcome, pair.isClosed, pair.frames.writableEnded]).toEqual(['done', true, true]);
    expect(pair.frames.received).toEqual([' (end)']);
  });

  describe('from a D-Bus client', () => {
    const hello = '\0AUTH EXTERNAL 30\r\nNEGOTIATE_UNIX_FD\r\nBEGIN\r\nhello';
    const passed = '\0AUTH EXTERNAL 30\r\nNEGOTIATE_NO_UNIX_FD\r\n';
    const answer = 'OK 1234\r\nERROR\r\n';
    const endless = `\0AUTH ${'x'.repeat(17 * 1024)}`;

    it('changes the outgoing handshake', async () => {
      pair.join();
      pair.socket.send(hello);
      await settled();
      expect(pair.frames.received.join('')).toBe(passed);
      pair.frames.send(answer);
      await settled();
      expect(pair.socket.received).toBe(answer);
      expect(pair.frames.received.join('')).toBe(`${passed}BEGIN\r\nhello`);
    });

    it('changes the incoming handshake when the client is at the other end', async () => {
      pair.join({ client: 'frames' });
      pair.frames.send(hello);
      await settled();
      expect(pair.socket.received).toBe(passed);
      pair.socket.send(answer);
      await settled();
      expect(pair.frames.received.join('')).toBe(answer);
      expect(pair.socket.received).toBe(`${passed}BEGIN\r\nhello`);
    });

    it('does not change bytes from the other side that look like its handshake', async () => {
      pair.join();
      pair.frames.send(hello, true);
      await settled();
      expect([pair.socket.received, pair.frames.received]).toEqual([hello, []]);
    });

    it('does not change bytes from the side of the bus that look like a handshake', async () => {
      pair.join({ client: 'frames' });
      pair.socket.send(hello);
      pair.socket.sendEnd();
      await settled();
      expect([pair.frames.received.join(''), pair.socket.received]).toEqual([`${hello} (end)`, '']);
    });

    it('passes on held bytes when the client ends', async () => {
      pair.join();
      pair.socket.send(hello);
      pair.socket.sendEnd();
      await settled();
      expect(pair.frames.received.join('')).toBe(`${passed}BEGIN\r\nhello (end)`);
    });

    it('passes on held bytes when a client at the other end ends', async () => {
      pair.join({ client: 'frames' });
      pair.frames.send(hello, true);
      await settled();
      expect(pair.socket.received).toBe(`${passed}BEGIN\r\nhello`);
    });

    it.each([
      ['the client', 'socket' as const, () => pair.socket.send(endless)],
      ['the client at the other end', 'frames' as const, () => pair.frames.send(endless)],
    ])('fails with RESOURCE_EXHAUSTED when %s sends without an end', async (_, client, send) => {
      pair.join({ client });
      send();
      await settled();
      expect(pair.failure).toMatchObject({ reason: 'RESOURCE_EXHAUSTED' });
      expect(pair.isClosed).toBe(true);
    });
  });
});
