// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { Address } from '@givc/model';
import { targetOf } from './target.js';

describe('the target of an address', () => {
  it.each<[string, Address, string]>([
    ['IPv4', { protocol: 'tcp', host: '10.0.0.1', port: 9000 }, 'ipv4:10.0.0.1:9000'],
    ['IPv6', { protocol: 'tcp', host: 'fd00::1', port: 9000 }, 'ipv6:[fd00::1]:9000'],
    ['a name', { protocol: 'tcp', host: 'admin-vm', port: 9000 }, 'dns:admin-vm:9000'],
    ['a unix socket', { protocol: 'unix', path: '/run/givc.sock' }, 'unix:/run/givc.sock'],
    ['an abstract socket', { protocol: 'abstract', path: 'givc' }, 'unix:\0givc'],
    ['vsock', { protocol: 'vsock', cid: 3, port: 9000 }, 'givc-vsock:3:9000'],
  ])('of %s is written as grpc-js reads it', (_, address, target) => {
    expect(targetOf(address)).toBe(target);
  });
});
