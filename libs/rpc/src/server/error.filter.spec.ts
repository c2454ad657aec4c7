// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { EventEmitter } from 'node:events';
import type { ArgumentsHost } from '@nestjs/common';
import type { CallStatus } from '../wire/call-status.js';
import { status } from '../wire/status-codes.js';
import { Log } from '@givc/log';
import { GivcError } from '@givc/model';
import { decodeDetails, detailsTrailer } from '../status-details.js';
import { statusOfError } from './error-status.js';
import { GivcErrorFilter } from './error.filter.js';

class FakeCall extends EventEmitter {
  constructor(readonly cancelled = false) {
    super();
  }
  getPath = () => '/admin.AdminService/StartVM';
  getAuthContext = () => ({});
}

describe('an error of a handler', () => {
  let lines: string[];
  let filter: GivcErrorFilter;

  beforeEach(() => {
    lines = [];
    filter = new GivcErrorFilter(new Log('debug', (line) => lines.push(line.trimEnd()), false));
  });

  const hostOf = (...args: unknown[]): ArgumentsHost =>
    ({ getArgs: () => args, getArgByIndex: (at: number) => args[at] }) as unknown as ArgumentsHost;

  /** The error that the caller of a unary handler gets. */
  function statusOf(error: unknown, call = new FakeCall()): CallStatus {
    let got: CallStatus | undefined;
    const answer = filter.catch(error, hostOf({}, {}, call));
    answer.subscribe({ error: (given: unknown) => (got = statusOfError(given)) });
    return got!;
  }

  it('becomes the status of its reason with its message, and is not logged', () => {
    expect(statusOf(new GivcError('NOT_FOUND', 'no such VM'))).toEqual({
      code: status.NOT_FOUND,
      details: 'no such VM',
    });
    expect(lines).toEqual([]);
  });

  it('carries its field and its reason for programs', () => {
    const info = { reason: 'SOME_REASON', metadata: { vm: 'net-vm' } };
    const { metadata } = statusOf(new GivcError('INVALID_ARGUMENT', 'port: invalid', { field: 'port', info }));
    expect(decodeDetails(metadata!.get(detailsTrailer)[0])).toEqual({ field: 'port', info });
  });

  it('has at most 800 characters, or 500 with details, which repeat them', () => {
    const plain = (length: number) => statusOf(new GivcError('NOT_FOUND', 'x'.repeat(length))).details;
    expect([plain(800), plain(801)]).toEqual(['x'.repeat(800), `${'x'.repeat(800)}…`]);
    const detailed = (length: number) =>
      statusOf(new GivcError('INVALID_ARGUMENT', 'x'.repeat(length), { field: 'f' })).details;
    expect([detailed(500), detailed(501)]).toEqual(['x'.repeat(500), `${'x'.repeat(500)}…`]);
    const informed = new GivcError('NOT_FOUND', 'x'.repeat(501), { info: { reason: 'R' } });
    expect(statusOf(informed).details).toBe(`${'x'.repeat(500)}…`);
  });

  it('ends with a whole character', () => {
    expect(statusOf(new GivcError('NOT_FOUND', `x${'💥'.repeat(400)}`)).details).toBe(`x${'💥'.repeat(399)}…`);
    expect(statusOf(new GivcError('NOT_FOUND', '💥'.repeat(401))).details).toBe(`${'💥'.repeat(400)}…`);
  });

  it('is INTERNAL with a fixed sentence when it is not a GivcError, and is logged with its stack', () => {
    expect(statusOf(new TypeError('secret'))).toEqual({
      code: status.INTERNAL,
      details: 'internal error; the log of this daemon says more',
    });
    expect(lines).toEqual([
      expect.stringMatching(/^error: rpc failed rpc=\/admin\.AdminService\/StartVM error="TypeError: secret\\n {4}at /),
    ]);
  });

  it('is CANCELLED and not logged when its caller has cancelled what it waits for, and INTERNAL otherwise', () => {
    const aborted = AbortSignal.abort().reason as unknown;
    expect(statusOf(aborted, new FakeCall(true)).code).toBe(status.CANCELLED);
    expect(lines).toEqual([]);
    expect(statusOf(aborted).code).toBe(status.INTERNAL);
    expect(statusOf(new TypeError('secret'), new FakeCall(true)).code).toBe(status.INTERNAL);
    expect(lines).toHaveLength(2);
  });

  it('is logged with its message when it has no stack, and as text when it is not an Error', () => {
    const bare = new Error('bare');
    delete bare.stack;
    statusOf(bare);
    statusOf('a string');
    expect(lines).toEqual([
      'error: rpc failed rpc=/admin.AdminService/StartVM error=bare',
      'error: rpc failed rpc=/admin.AdminService/StartVM error="a string"',
    ]);
  });
});
