// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import forge from 'node-forge';
import { bitString, fromDer, sequence, toDer } from './der.js';

describe('a bit string', () => {
  const inner = toDer(sequence([]));
  const der = toDer(bitString(inner));

  it('is read as its bytes, even when these are DER', () => {
    expect(fromDer(der).value).toBe(`\0${inner.toString('binary')}`);
    expect(toDer(fromDer(der))).toEqual(der);
  });

  it('is still decoded by node-forge by default, so that the option is needed', () => {
    expect(forge.asn1.fromDer(der.toString('binary')).value).toEqual([expect.objectContaining({ value: [] })]);
  });
});
