// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { status } from '@grpc/grpc-js';
import { GivcError } from '@givc/model';
import { settled } from '../../fixtures/fake-time.fixture.js';
import { FakePair } from './transfer.fixture.js';

const lingerMs = 5_000;

describe('a socket that is joined with a call', () => {
  let pair: FakePair;
  beforeEach(() => {
    pair = FakePair.onVirtualClock();
  });
  afterEach(() => pair.end());

  describe('when the socket breaks', () => {
    const broken = Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' });

    it('fails with ABORTED, and does not end the call', async () => {
      pair.join();
      pair.socket.destroy(broken);
      await settled();
      expect(pair.failure).toMatchObject({
        reason: 'ABORTED',
        message: 'the socket broke: read ECONNRESET',
        cause: broken,
      });
      expect(pair.frames.writableEnded).toBe(false);
    });

    it('sends the remaining bytes when the end was read before, and then fails', async () => {
      pair.join();
      pair.frames.stopReading();
      pair.socket.send('a');
      pair.socket.sendEnd();
      await settled();
      pair.frames.readAgain();
      await settled();
      expect(pair.outcome).toBeUndefined();
      pair.socket.emit('error', broken);
      await settled();
      expect(pair.frames.received).toEqual(['a', ' (end)']);
      expect(pair.outcome).toBe('ABORTED');
    });

    it('fails only after its Eof was sent when the end was read before', async () => {
      pair.join();
      pair.frames.stopReading();
      pair.socket.sendEnd();
      await settled();
      pair.socket.emit('error', broken);
      await settled();
      expect(pair.outcome).toBeUndefined();
      pair.frames.readAgain();
      await settled();
      expect([pair.outcome, pair.frames.received]).toEqual(['ABORTED', [' (end)']]);
    });

    it('resumes a call that waits for the socket', async () => {
      pair.join();
      pair.socket.stopReading();
      pair.frames.send('12345678');
      pair.socket.sendEnd();
      await settled();
      expect(pair.frames.isPaused()).toBe(true);
      pair.socket.emit('error', broken);
      expect(pair.frames.isPaused()).toBe(false);
    });
  });
  describe('when the call fails', () => {
    const lost = Object.assign(new Error('14 UNAVAILABLE'), { code: status.UNAVAILABLE, details: 'connection lost' });

    it('gets the bytes that arrived before, and is closed with the status of the call', async () => {
      pair.join();
      pair.frames.send('last words');
      pair.frames.emit('error', lost);
      pair.frames.sendEnd();
      await settled();
      expect(pair.socket.received).toBe('last words');
      expect(pair.failure).toMatchObject({ reason: 'UNAVAILABLE', message: 'connection lost' });
      expect(pair.isClosed).toBe(true);
      expect(jest.getTimerCount()).toBe(0);
    });

    it('has 5 s to read the bytes that arrived, and is then closed with the status of the call', async () => {
      pair.join();
      pair.socket.stopReading();
      pair.frames.send('12345678');
      pair.frames.send('more');
      await settled();
      pair.frames.emit('error', lost);
      pair.frames.sendEnd();
      await jest.advanceTimersByTimeAsync(lingerMs - 1);
      expect(pair.outcome).toBeUndefined();
      await jest.advanceTimersByTimeAsync(1);
      expect(pair.outcome).toBe('UNAVAILABLE');
      // For the bytes that it already has, it gets another 5 s, like at any end.
      expect(pair.isClosed).toBe(false);
      await jest.advanceTimersByTimeAsync(lingerMs);
      expect(pair.isClosed).toBe(true);
      expect(jest.getTimerCount()).toBe(0);
    });

    it('has unlimited time to read the bytes that arrived, if it reads some of them every 5 s', async () => {
      pair.join();
      pair.socket.stopReading();
      for (const text of ['1', '2', '3', '4']) pair.frames.send(text);
      await settled();
      pair.frames.emit('error', lost);
      for (let read = 0; read < 4; read++) {
        await jest.advanceTimersByTimeAsync(lingerMs - 1);
        pair.socket.readOne();
        await settled();
      }
      expect([pair.socket.received, pair.outcome]).toEqual(['1234', undefined]);
      await jest.advanceTimersByTimeAsync(2 * lingerMs);
      expect(pair.outcome).toBe('UNAVAILABLE');
    });

    it('keeps the first reason and its time limit when the call fails again', async () => {
      pair.join();
      pair.frames.emit('error', new GivcError('RESOURCE_EXHAUSTED', 'too many'));
      await jest.advanceTimersByTimeAsync(lingerMs - 1);
      pair.frames.emit('error', lost);
      expect(jest.getTimerCount()).toBe(1);
      await jest.advanceTimersByTimeAsync(1);
      expect(pair.failure).toMatchObject({ reason: 'RESOURCE_EXHAUSTED', message: 'too many' });
    });

    it('is closed at once when the call has ended', async () => {
      pair.join();
      pair.frames.emit('error', lost);
      pair.frames.emit('close');
      await settled();
      expect([pair.outcome, pair.isClosed, jest.getTimerCount()]).toEqual(['UNAVAILABLE', true, 0]);
    });

    it('is closed with CANCELLED when the call has ended without a status', async () => {
      pair.join();
      pair.frames.emit('close');
      await settled();
      expect(pair.failure).toMatchObject({ reason: 'CANCELLED', message: 'the peer has hung up' });
      expect(pair.isClosed).toBe(true);
    });

    it('ignores a failure of the call after the end of the socket', async () => {
      pair.join({ halfCloses: false });
      pair.frames.sendEof();
      await settled();
      pair.frames.emit('error', lost);
      pair.frames.emit('close');
      await settled();
      expect([pair.outcome, jest.getTimerCount()]).toEqual(['done', 0]);
    });
  });
  describe('after it has ended', () => {
    it('has 5 s to read the written bytes, and is then closed', async () => {
      pair.join({ halfCloses: false });
      pair.socket.stopReading();
      pair.frames.send('unread', true);
      await settled();
      expect([pair.outcome, pair.isClosed]).toEqual(['done', false]);
      await jest.advanceTimersByTimeAsync(lingerMs - 1);
      expect(pair.isClosed).toBe(false);
      await jest.advanceTimersByTimeAsync(1);
      expect(pair.isClosed).toBe(true);
    });

    it('has unlimited time to read the written bytes, if it reads some of them every 5 s', async () => {
      pair.join({ halfCloses: false });
      pair.socket.stopReading();
      for (const text of ['1', '2', '3']) pair.frames.send(text);
      pair.frames.send('4', true);
      await settled();
      for (let read = 0; read < 4; read++) {
        expect(pair.isClosed).toBe(false);
        await jest.advanceTimersByTimeAsync(lingerMs - 1);
        pair.socket.readOne();
        await settled();
      }
      expect([pair.socket.received, pair.isClosed, jest.getTimerCount()]).toEqual(['1234', true, 0]);
    });

    it('is closed without a remaining timer as soon as it has read everything', async () => {
      pair.join({ halfCloses: false });
      pair.socket.stopReading();
      pair.frames.send('read late', true);
      await settled();
      expect(jest.getTimerCount()).toBe(1);
      pair.socket.readAgain();
      await settled();
      expect([pair.socket.received, pair.isClosed, jest.getTimerCount()]).toEqual(['read late', true, 0]);
    });
  });
});
