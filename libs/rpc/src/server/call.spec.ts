// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { EventEmitter } from 'node:events';
import type { ExecutionContext } from '@nestjs/common';
import { signalOf } from './call-signal.js';
import { callOf, isCall, type ServerCall } from './call.js';

class FakeCall extends EventEmitter {
  cancelled = false;
  getAuthContext = () => ({});
}

const surface = (call: FakeCall) => call as unknown as ServerCall;
const contextOf = (...args: unknown[]) => ({ getArgs: () => args }) as unknown as ExecutionContext;

describe('the call behind a handler', () => {
  const call = new FakeCall();

  it('is found in each position in which Nest passes it', () => {
    expect(callOf(contextOf({}, {}, call))).toBe(call);
    expect(callOf(contextOf(call))).toBe(call);
  });

  it('is not confused with the other arguments of a handler', () => {
    expect([call, {}, undefined, null, 'x', { getAuthContext: true }].map(isCall)).toEqual([
      ...[true, false, false, false, false, false],
    ]);
    expect(() => callOf(contextOf({}, null, undefined))).toThrow('this handler does not answer a gRPC call');
  });
});

describe('the signal of a call', () => {
  it('is aborted when the caller hangs up, and not before', () => {
    const call = new FakeCall();
    const signal = signalOf(surface(call));
    expect(signal.aborted).toBe(false);
    call.emit('cancelled');
    expect(signal.aborted).toBe(true);
  });

  it('is aborted from the start when the caller has hung up already', () => {
    const call = new FakeCall();
    call.cancelled = true;
    expect(signalOf(surface(call)).aborted).toBe(true);
    expect(call.listenerCount('cancelled')).toBe(0);
  });
});
