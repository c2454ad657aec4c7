// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { EventEmitter } from 'node:events';
import { observing } from './call-observer.js';

type Intercepted = Parameters<ReturnType<typeof observing>>;

describe('the observer of calls', () => {
  const rpc = (path: string, requestStream: boolean, responseStream: boolean) =>
    ({ path, requestStream, responseStream }) as Intercepted[0];

  /** The notifications of a call whose stream is closed after it has sent these headers. */
  function observed(method: Intercepted[0], sent: object): string[] {
    const lines: string[] = [];
    const intercept = observing({
      began: (name, isUnary) => {
        lines.push(`${name} ${isUnary ? 'unary' : 'stream'}`);
        return (answer) => lines.push(answer);
      },
    });
    const stream = Object.assign(new EventEmitter(), sent);
    const call = { stream } as unknown as Intercepted[1];
    expect(intercept(method, call)).toBe(call);
    expect(lines).toHaveLength(1);
    stream.emit('close');
    stream.emit('close');
    return lines;
  }

  it.each([
    ['/a.B/C', false, false, 'a.B/C unary'],
    ['/a.B/C', true, false, 'a.B/C stream'],
    ['/a.B/C', false, true, 'a.B/C stream'],
    ['/a.B/C', true, true, 'a.B/C stream'],
  ])('is notified of the rpc and whether it is unary: %s, streams %s and %s', (path, request, response, line) => {
    expect(observed(rpc(path, request, response), { sentTrailers: { 'grpc-status': 0 } })).toEqual([line, 'OK']);
  });

  it.each([
    ['of its trailers', { sentHeaders: {}, sentTrailers: { 'grpc-status': '5' } }, 'NOT_FOUND'],
    ['of its headers, when it has no trailers', { sentHeaders: { 'grpc-status': '12' } }, 'UNIMPLEMENTED'],
    ['UNKNOWN for a number without a name', { sentTrailers: { 'grpc-status': '99' } }, 'UNKNOWN'],
    ['CANCELLED when there was none', { sentHeaders: { ':status': 200 } }, 'CANCELLED'],
    ['CANCELLED when nothing was sent', {}, 'CANCELLED'],
  ])('is notified of the status %s', (_, sent, status) => {
    expect(observed(rpc('/a.B/C', false, false), sent)).toEqual(['a.B/C unary', status]);
  });
});
