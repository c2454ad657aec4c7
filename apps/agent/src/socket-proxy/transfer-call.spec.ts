// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Metadata } from '@grpc/grpc-js';
import { halfCloseKey } from '@givc/rpc';
import { supportsHalfClose } from './transfer-call.js';

describe('the metadata by which a peer declares that it can close one direction', () => {
  it('declares it by the key, whatever its value is', () => {
    for (const value of ['1', '']) {
      const metadata = new Metadata();
      metadata.set(halfCloseKey, value);
      expect(supportsHalfClose(metadata)).toBe(true);
    }
    expect(halfCloseKey).toBe('givc-half-close');
  });

  it('does not declare it without the key', () => {
    const metadata = new Metadata();
    metadata.set('another', '1');
    expect(supportsHalfClose(metadata)).toBe(false);
  });
});
