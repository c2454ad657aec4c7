// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { EventEmitter } from 'node:events';
import type { PeerCertificate, TLSSocket } from 'node:tls';
import { testAuthority } from './test-authority.fixture.js';
import { TlsIdentity } from './tls-identity.js';

const hourMs = 60 * 60 * 1_000;
const material = testAuthority().issue('admin-vm');

/** A connection whose peer has a certificate with this expiry. */
class FakeSocket extends EventEmitter {
  readonly remoteAddress = '10.0.0.1';
  isDestroyed = false;

  constructor(private readonly end: Date) {
    super();
  }

  getPeerCertificate = () => ({ valid_to: this.end.toUTCString() }) as PeerCertificate;

  destroy(): void {
    this.isDestroyed = true;
    this.emit('close');
  }
}

describe('the expiry of a certificate', () => {
  let identity: TlsIdentity;

  beforeEach(() => {
    jest.useFakeTimers({ now: Date.UTC(2026, 10, 24) });
    identity = new TlsIdentity(material);
  });
  afterEach(() => jest.useRealTimers());

  const admit = (validMs: number): FakeSocket => {
    const socket = new FakeSocket(new Date(Date.now() + validMs));
    identity.accept(socket as unknown as TLSSocket);
    return socket;
  };

  it('is the last second in which its peer is accepted', () => {
    expect([admit(0), admit(-1_000)].map(({ isDestroyed }) => isDestroyed)).toEqual([false, true]);
  });

  it('rejects its peer even after another has disconnected', () => {
    const [first, second] = [admit(hourMs), admit(2 * hourMs)];
    second.emit('close');
    jest.advanceTimersByTime(hourMs);
    expect(first.isDestroyed).toBe(false);
    jest.advanceTimersByTime(1);
    expect(first.isDestroyed).toBe(true);
    expect(jest.getTimerCount()).toBe(0);
  });
});
