// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { AsyncLocalStorage } from 'node:async_hooks';
import { currentTrace, OpenTrace } from './open-trace.js';
import { newTraceContext } from './trace-context.js';

describe('an open trace', () => {
  afterEach(() => jest.restoreAllMocks());

  it('is that of its work and of all that it awaits', async () => {
    const [one, other] = [new OpenTrace(newTraceContext()), new OpenTrace(newTraceContext())];
    const later = async () => {
      await Promise.resolve();
      return currentTrace();
    };
    expect(currentTrace()).toBeUndefined();
    expect(await Promise.all([one.run(later), other.run(later), later()])).toEqual([
      one.context,
      other.context,
      undefined,
    ]);
    one.close();
    other.close();
  });

  it('is not that of what its work has begun, once it is closed', async () => {
    const trace = new OpenTrace(newTraceContext());
    let end!: () => void;
    const ended = trace.run(() => new Promise<void>((resolve) => (end = resolve)).then(currentTrace));
    trace.close();
    const another = new OpenTrace(newTraceContext());
    end();
    expect(await another.run(() => ended)).toBeUndefined();
    expect(trace.run(currentTrace)).toBeUndefined();
    another.close();
  });

  it('costs nothing when none is open', () => {
    const disable = jest.spyOn(AsyncLocalStorage.prototype, 'disable');
    const getStore = jest.spyOn(AsyncLocalStorage.prototype, 'getStore');
    const [one, other] = [new OpenTrace(newTraceContext()), new OpenTrace(newTraceContext())];
    one.close();
    one.close();
    expect(disable).not.toHaveBeenCalled();
    other.close();
    expect(disable).toHaveBeenCalledTimes(1);
    getStore.mockClear();
    currentTrace();
    expect(getStore).not.toHaveBeenCalled();
  });
});
