// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { constants } from 'node:http2';
import { status as foreign } from '@grpc/grpc-js';
import fc from 'fast-check';
import { statusOfTrailers, trailersOf } from './call-status.js';
import { Metadata } from './metadata.js';
import { status, statusOfHttp, statusOfReset } from './status-codes.js';

describe('the status of a call', () => {
  it('has the codes of other implementations', () => {
    expect(status).toEqual({ ...foreign });
  });

  it('is read from trailers as it was written', () => {
    const code = fc.integer({ min: 0, max: 16 });
    fc.assert(
      fc.property(code, fc.string({ unit: 'binary', maxLength: 40 }), fc.uint8Array(), (number, details, raw) => {
        const metadata = new Metadata();
        metadata.set('grpc-status-details-bin', Buffer.from(raw));
        const read = statusOfTrailers(trailersOf({ code: number, details, metadata }) as never)!;
        expect([read.code, read.details, read.metadata?.getMap()]).toEqual([number, details, metadata.getMap()]);
      }),
    );
  });

  it('is a code alone when the call succeeds', () => {
    expect(trailersOf({ code: status.OK, details: '' })).toEqual({ 'grpc-status': '0' });
  });

  it('is absent without a code, and UNKNOWN with a code that is not a number', () => {
    expect(statusOfTrailers({ 'grpc-message': 'x' })).toBeUndefined();
    expect(['x', '', '-1', '1e3', '1000'].map((code) => statusOfTrailers({ 'grpc-status': code })?.code)).toEqual(
      Array(5).fill(status.UNKNOWN),
    );
  });

  it.each([
    [400, 'INTERNAL'],
    [401, 'UNAUTHENTICATED'],
    [403, 'PERMISSION_DENIED'],
    [404, 'UNIMPLEMENTED'],
    [429, 'UNAVAILABLE'],
    [502, 'UNAVAILABLE'],
    [503, 'UNAVAILABLE'],
    [504, 'UNAVAILABLE'],
    [200, 'UNKNOWN'],
    [500, 'UNKNOWN'],
  ] as const)('of an answer with only the status %d of HTTP is %s', (http, name) => {
    expect(statusOfHttp(http)).toBe(status[name]);
  });

  it.each([
    ['NO_ERROR', 'INTERNAL'],
    ['PROTOCOL_ERROR', 'INTERNAL'],
    ['INTERNAL_ERROR', 'INTERNAL'],
    ['FLOW_CONTROL_ERROR', 'INTERNAL'],
    ['SETTINGS_TIMEOUT', 'INTERNAL'],
    ['FRAME_SIZE_ERROR', 'INTERNAL'],
    ['REFUSED_STREAM', 'UNAVAILABLE'],
    ['CANCEL', 'CANCELLED'],
    ['COMPRESSION_ERROR', 'INTERNAL'],
    ['CONNECT_ERROR', 'INTERNAL'],
    ['ENHANCE_YOUR_CALM', 'RESOURCE_EXHAUSTED'],
    ['INADEQUATE_SECURITY', 'PERMISSION_DENIED'],
  ] as const)('of a stream that was reset with %s is %s', (code, name) => {
    expect(statusOfReset(constants[`NGHTTP2_${code}`])).toBe(status[name]);
  });
});
