// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { AsyncLocalStorage } from 'node:async_hooks';
import type { ExecutionContext } from '@nestjs/common';
import { from, lastValueFrom, type Observable } from 'rxjs';
import { asOwnWork, currentCaller, OnBehalfInterceptor } from './on-behalf.js';

/** A call from this address, without TLS. */
const callFrom = (address: string): ExecutionContext =>
  ({
    getArgs: () => [{ getPeer: () => `${address}:5000`, getAuthContext: () => ({}) }],
  }) as unknown as ExecutionContext;

const intercept = (address: string, handler: () => Promise<unknown>): Promise<unknown> => {
  const handle = (): Observable<unknown> => from(handler());
  return lastValueFrom(new OnBehalfInterceptor().intercept(callFrom(address), { handle }));
};

describe('a handler that passes calls on', () => {
  afterEach(() => jest.restoreAllMocks());

  it('has its caller until it ends, also when another handler has ended, and nothing has a caller after that', async () => {
    const disable = jest.spyOn(AsyncLocalStorage.prototype, 'disable');
    let go!: () => void;
    const first = intercept('10.0.0.1', async () => {
      await new Promise<void>((resolve) => (go = resolve));
      return [currentCaller(), asOwnWork(currentCaller)];
    });
    expect(await intercept('10.0.0.2', () => Promise.resolve(currentCaller()))).toBe('10.0.0.2');
    expect(disable).not.toHaveBeenCalled();
    go();
    expect(await first).toEqual(['10.0.0.1', undefined]);
    expect(disable).toHaveBeenCalledTimes(1);
    expect(currentCaller()).toBeUndefined();
    expect(await intercept('10.0.0.3', () => Promise.resolve(currentCaller()))).toBe('10.0.0.3');
  });

  it('that fails has no caller after that', async () => {
    const disable = jest.spyOn(AsyncLocalStorage.prototype, 'disable');
    await expect(intercept('10.0.0.1', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(disable).toHaveBeenCalledTimes(1);
  });
});
