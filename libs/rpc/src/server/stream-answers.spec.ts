// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { EventEmitter } from 'node:events';
import { lastValueFrom } from 'rxjs';
import type { ServerStreamingCall } from './call.js';
import { streamAnswers } from './stream-answers.js';

/** A call whose caller reads one response at a time, when the test says so. */
class SlowCall extends EventEmitter {
  writableEnded = false;
  readonly written: number[] = [];
  #read: () => void = () => undefined;

  write(response: number, onSent: () => void): boolean {
    this.written.push(response);
    this.#read = onSent;
    return false;
  }

  read(): void {
    this.#read();
  }

  get asCall(): ServerStreamingCall<number> {
    return this as unknown as ServerStreamingCall<number>;
  }
}

const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

describe('streamAnswers', () => {
  it('takes the next response when the caller has read the previous one', async () => {
    const call = new SlowCall();
    const taken: number[] = [];
    async function* answers() {
      for (const n of [1, 2, 3]) {
        taken.push(n);
        yield await Promise.resolve(n);
      }
    }
    const ended = lastValueFrom(streamAnswers(call.asCall, answers), { defaultValue: 'ended' });
    await settled();
    expect(taken).toEqual([1]);
    call.read();
    await settled();
    expect(taken).toEqual([1, 2]);
    call.read();
    await settled();
    call.read();
    expect(await ended).toBe('ended');
    expect(call.written).toEqual([1, 2, 3]);
  });

  it('leaves the iteration when the call ends, although its caller does not read', async () => {
    const call = new SlowCall();
    let [isLeft, signal]: [boolean, AbortSignal | undefined] = [false, undefined];
    const subscription = streamAnswers(call.asCall, async function* (given) {
      signal = given;
      try {
        yield await Promise.resolve(1);
        yield 2;
      } finally {
        isLeft = true;
      }
    }).subscribe();
    await settled();
    subscription.unsubscribe();
    await settled();
    expect({ isLeft, aborted: signal!.aborted, written: call.written }).toEqual({
      isLeft: true,
      aborted: true,
      written: [1],
    });
  });

  it('fails with the error of the source', async () => {
    const failing = streamAnswers(new SlowCall().asCall, async function* () {
      yield await Promise.reject<number>(new Error('broken'));
    });
    await expect(lastValueFrom(failing)).rejects.toThrow('broken');
  });
});
