// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { internalsOf, type CallInternals, type InterceptedCall } from './intercepted-call.js';
import { RawServer } from './raw-server.fixture.js';

describe('the call of an interceptor of grpc-js', () => {
  it('has its stream, its queue and its methods in these private fields, which carry each call', async () => {
    const events: string[] = [];
    let internals!: CallInternals;
    const raw = new RawServer((_, call) => {
      internals = internalsOf(call as InterceptedCall);
      for (const name of ['startRead', 'sendMessage', 'sendStatus'] as const) {
        const method = (internals[name] as (...args: unknown[]) => void).bind(internals);
        Object.assign(internals, {
          [name]: (...args: unknown[]) => {
            events.push(name);
            method(...args);
          },
        });
      }
      return call as InterceptedCall;
    });
    await raw.listen();
    expect(await raw.call()).toBe('echo');
    expect([...new Set(events)]).toEqual(['startRead', 'sendMessage', 'sendStatus']);
    expect([typeof internals.stream.id, internals.maxReceiveMessageSize]).toEqual(['number', 4 * 1024 * 1024]);
    expect(Array.isArray(internals.readQueue)).toBe(true);
    raw.close();
  });
});
