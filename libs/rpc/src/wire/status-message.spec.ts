// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import fc from 'fast-check';
import { decodeMessage, encodeMessage } from './status-message.js';

const text = fc.string({ unit: 'binary', maxLength: 60 });

describe('the message of a status in a header', () => {
  it('is decoded as it was encoded, in printable ASCII', () => {
    fc.assert(
      fc.property(text, (message) => {
        const encoded = encodeMessage(message);
        expect(encoded).toMatch(/^(?:[!-~](?:[ -~]*[!-~])?)?$/);
        expect(decodeMessage(encoded)).toBe(message);
      }),
    );
  });

  it.each([
    ['VM "x" is unknown', 'VM "x" is unknown'],
    ['100 %', '100 %25'],
    ['a\r\nb', 'a%0D%0Ab'],
    [' a b  ', '%20a b %20'],
    [' ', '%20'],
    ['\t', '%09'],
    ['\u007f', '%7F'],
    ['é☺', '%C3%A9%E2%98%BA'],
    ['\ud800', '%EF%BF%BD'],
  ])('is encoded as the specification has it: %j', (message, encoded) => {
    expect(encodeMessage(message)).toBe(encoded);
  });

  it('is read from servers that encode it as a URI', () => {
    fc.assert(fc.property(text, (message) => decodeMessage(encodeURI(message)) === message));
  });

  it.each([
    ['%', '%'],
    ['50% of', '50% of'],
    ['%4', '%4'],
    ['%zz%41', '%zzA'],
    ['%C3', '\ufffd'],
    ['é%41', 'éA'],
  ])('is left undecoded where its encoding is invalid: %j', (encoded, message) => {
    expect(decodeMessage(encoded)).toBe(message);
  });
});
