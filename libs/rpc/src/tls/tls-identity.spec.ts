// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { EventEmitter } from 'node:events';
import { constants } from 'node:crypto';
import tls, { type PeerCertificate, type TLSSocket } from 'node:tls';
import { TlsIdentity, type RejectedPeer } from './tls-identity.js';

const material = { ca: Buffer.alloc(0), cert: Buffer.alloc(0), key: Buffer.alloc(0) };
const dayMs = 24 * 60 * 60 * 1_000;

class FakeSocket extends EventEmitter {
  readonly remoteAddress = '10.0.0.1';
  isDestroyed = false;

  constructor(
    readonly name: string,
    private readonly validMs: number,
  ) {
    super();
  }

  readonly #certificate = {
    subjectaltname: `DNS:${this.name}`,
    valid_to: new Date(Date.now() + this.validMs).toUTCString(),
  } as PeerCertificate;

  getPeerCertificate = () => this.#certificate;

  destroy(): void {
    this.isDestroyed = true;
    this.emit('close');
  }
}

describe('an identity', () => {
  let identity: TlsIdentity;
  let rejected: RejectedPeer[];
  let createSecureContext: jest.SpyInstance;

  beforeEach(() => {
    // The content of the certificates does not matter here.
    createSecureContext = jest.spyOn(tls, 'createSecureContext');
    createSecureContext.mockImplementation((options) => ({ options }));
    jest.useFakeTimers({ now: Date.UTC(2026, 10, 24) });
    identity = new TlsIdentity(material);
    rejected = [];
    identity.onRejected((peer) => rejected.push(peer));
  });
  afterEach(() => {
    jest.useRealTimers();
    createSecureContext.mockRestore();
  });

  const socket = (name: string, validMs = 365 * dayMs) => new FakeSocket(name, validMs);
  const admit = (one: FakeSocket) => identity.accept(one as unknown as TLSSocket);
  const rejectNetVm = () =>
    identity.verifyPeersWith(({ subjectaltname }) => (subjectaltname === 'DNS:net-vm' ? 'it is net-vm' : undefined));

  it('has TLS 1.3 only and no tickets, as server and as client', () => {
    const options = { ...material, minVersion: 'TLSv1.3', secureOptions: constants.SSL_OP_NO_TICKET };
    expect(identity.serverOptions).toEqual(options);
    expect(identity.clientContext).toEqual({ options });
    identity.replace(material);
    expect(createSecureContext.mock.lastCall).toEqual([options]);
  });

  it('accepts every peer whose certificate has not expired', () => {
    const one = socket('net-vm');
    expect(admit(one)).toBeUndefined();
    expect([one.isDestroyed, rejected]).toEqual([false, []]);
  });

  it('rejects a peer whose certificate has expired before the handshake is over', () => {
    const late = socket('net-vm', -1_000);
    const reason = 'its certificate expired on Mon, 23 Nov 2026 23:59:59 GMT';
    expect(admit(late)).toBe(reason);
    expect(late.isDestroyed).toBe(true);
    expect(rejected).toEqual([{ address: '10.0.0.1', certificate: late.getPeerCertificate(), reason }]);
  });

  it('rejects a peer when its certificate expires, and not before', () => {
    const one = socket('net-vm', dayMs);
    admit(one);
    jest.advanceTimersByTime(dayMs);
    expect(one.isDestroyed).toBe(false);
    jest.advanceTimersByTime(1);
    expect(one.isDestroyed).toBe(true);
    expect(rejected.map(({ reason }) => reason)).toEqual(['its certificate expired on Wed, 25 Nov 2026 00:00:00 GMT']);
  });

  it('rejects a peer within three seconds once the clock was set past the expiry of its certificate', () => {
    const one = socket('net-vm', 60 * dayMs);
    admit(one);
    jest.advanceTimersByTime(60_000);
    jest.setSystemTime(Date.now() + 61 * dayMs);
    jest.advanceTimersByTime(3_000);
    expect(one.isDestroyed).toBe(true);
  });

  it('rejects each of several peers when its own certificate expires', () => {
    const [first, second, third] = [socket('net-vm', 60_000), socket('gui-vm', 30_000), socket('app-vm', dayMs)];
    for (const one of [first, second, third]) admit(one);
    const cut = () => [first, second, third].map(({ isDestroyed }) => isDestroyed);
    jest.advanceTimersByTime(30_001);
    expect(cut()).toEqual([false, true, false]);
    jest.advanceTimersByTime(30_000);
    expect(cut()).toEqual([true, true, false]);
    jest.advanceTimersByTime(dayMs);
    expect(cut()).toEqual([true, true, true]);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('does not verify a disconnected peer again', () => {
    const one = socket('net-vm', dayMs);
    admit(one);
    one.emit('close');
    expect(jest.getTimerCount()).toBe(0);
    rejectNetVm();
    expect(rejected).toEqual([]);
  });

  it('verifies every new peer', () => {
    rejectNetVm();
    const [net, gui] = [socket('net-vm'), socket('gui-vm')];
    expect([admit(net), admit(gui)]).toEqual(['it is net-vm', undefined]);
    expect([net.isDestroyed, gui.isDestroyed]).toEqual([true, false]);
    expect(jest.getTimerCount()).toBe(1);
  });

  it('verifies the peers that are connected at once when the check is replaced', () => {
    const [net, gui] = [socket('net-vm'), socket('gui-vm')];
    for (const one of [net, gui]) admit(one);
    rejectNetVm();
    expect([net.isDestroyed, gui.isDestroyed]).toEqual([true, false]);
    expect(rejected).toEqual([{ address: '10.0.0.1', certificate: net.getPeerCertificate(), reason: 'it is net-vm' }]);
    identity.verifyPeersWith(() => undefined);
    expect(admit(socket('net-vm'))).toBeUndefined();
  });

  it('reports handshakes that failed', () => {
    identity.handshakeFailed('10.0.0.7', 'TLS handshake: ERR_SSL_SOMETHING');
    expect(rejected).toEqual([
      { address: '10.0.0.7', certificate: undefined, reason: 'TLS handshake: ERR_SSL_SOMETHING' },
    ]);
  });

  it('uses new material once that is replaced, and reports it', () => {
    let replaced = 0;
    const stop = identity.onNewCertificate(() => replaced++);
    const other = { ...material, ca: Buffer.alloc(0) };
    const before = identity.clientContext;
    identity.replace(other);
    expect(identity.material).toBe(other);
    expect(identity.clientContext).not.toBe(before);
    expect(identity.serverOptions.ca).toBe(other.ca);
    stop();
    identity.replace(material);
    expect(replaced).toBe(1);
  });
});
