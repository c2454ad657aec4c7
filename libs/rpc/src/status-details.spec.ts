// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { status } from '@grpc/grpc-js';
import * as fc from 'fast-check';
import { decodeDetails, encodeDetails } from './status-details.js';
import { Status } from './generated/google/rpc/status.js';

const { INVALID_ARGUMENT } = status;

describe('the details of a failed call', () => {
  it('are decoded as they were sent, cut and printable', () => {
    const text = fc.string({ unit: 'grapheme-ascii', maxLength: 128 });
    const key = fc.stringMatching(/^[a-z][A-Za-z0-9_-]{0,20}$/);
    const info = fc.record({
      reason: text,
      metadata: fc.dictionary(key, text, { noNullPrototype: true, maxKeys: 16 }),
    });
    const details = fc.record({
      field: fc.option(text, { nil: undefined }),
      info: fc.option(info, { nil: undefined }),
    });
    fc.assert(
      fc.property(details, (sent) => {
        fc.pre(sent.field !== undefined || sent.info !== undefined);
        expect(decodeDetails(encodeDetails(INVALID_ARGUMENT, 'message', sent))).toEqual(sent);
      }),
    );
  });

  it('are absent when there are none', () => {
    expect(encodeDetails(INVALID_ARGUMENT, 'message', { field: undefined, info: undefined })).toBeUndefined();
    expect(decodeDetails(undefined)).toEqual({});
  });

  it('repeat the code and the message, which some clients read there', () => {
    const trailer = encodeDetails(INVALID_ARGUMENT, 'port: invalid', { field: 'port', info: undefined })!;
    expect(Status.decode(trailer)).toMatchObject({ code: INVALID_ARGUMENT, message: 'port: invalid' });
  });

  it('are ignored when they are damaged', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        expect(() => decodeDetails(Buffer.from(bytes))).not.toThrow();
      }),
    );
    expect(decodeDetails(Buffer.from([0x1a, 0x7f, 0x01]))).toEqual({});
  });

  it('are ignored when they are of another domain', () => {
    const info = { reason: 'QUOTA', metadata: {} };
    const ours = encodeDetails(INVALID_ARGUMENT, 'message', { field: undefined, info })!;
    const theirs = Buffer.from(ours.toString('latin1').replace('givc', 'else'), 'latin1');
    expect(decodeDetails(theirs)).toEqual({ field: undefined, info: undefined });
  });
});
