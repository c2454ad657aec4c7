// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { EventEmitter } from 'node:events';
import type { Server } from '@grpc/grpc-js';
import { ignoreGoneStreams } from './gone-streams.js';

/** A server of grpc-js that records the streams that it handles. */
class StandInServer {
  readonly handled: unknown[][] = [];

  _streamHandler(...args: unknown[]): void {
    this.handled.push(args);
  }
}

describe('a stream whose caller has reset it', () => {
  let server: StandInServer;

  beforeEach(() => {
    server = new StandInServer();
    ignoreGoneStreams(server as unknown as Server);
  });

  const stream = (closed: boolean, destroyed: boolean) => Object.assign(new EventEmitter(), { closed, destroyed });

  it.each([
    ['closed', true, false],
    ['destroyed', false, true],
    ['closed and destroyed', true, true],
  ])('is not handled once it is %s, and its error does not end the program', (_, closed, destroyed) => {
    const gone = stream(closed, destroyed);
    server._streamHandler([], gone, {});
    expect(server.handled).toEqual([]);
    expect(() => gone.emit('error', new Error('aborted'))).not.toThrow();
  });

  it('does not keep another stream from being handled unchanged', () => {
    const [interceptors, open, headers] = [[], stream(false, false), { ':path': '/a.B/C' }];
    server._streamHandler(interceptors, open, headers);
    expect(server.handled).toEqual([[interceptors, open, headers]]);
    expect(open.listenerCount('error')).toBe(0);
  });
});
