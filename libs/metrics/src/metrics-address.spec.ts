// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { parseMetricsAddress } from './metrics-address.js';

describe('the address of the metrics', () => {
  it.each([
    ['127.0.0.1:9100', { protocol: 'tcp', host: '127.0.0.1', port: 9100 }],
    ['127.1.2.3:0', { protocol: 'tcp', host: '127.1.2.3', port: 0 }],
    ['[::1]:9100', { protocol: 'tcp', host: '::1', port: 9100 }],
    ['[0:0:0:0:0:0:0:1]:9100', { protocol: 'tcp', host: '0:0:0:0:0:0:0:1', port: 9100 }],
    ['/run/givc/metrics.sock', { protocol: 'unix', path: '/run/givc/metrics.sock' }],
  ])('accepts the metrics address %s', (value, address) => {
    expect(parseMetricsAddress('--metrics', value)).toEqual(address);
  });

  it.each(['0.0.0.0:9100', '192.168.100.10:9100', '[::]:9100', '[fe80::1]:9100', 'localhost:9100', '127.1:9100'])(
    'is rejected when another machine could reach it, or when it is a name: %s',
    (value) => {
      expect(() => parseMetricsAddress('--metrics', value)).toThrow(
        expect.objectContaining({
          reason: 'INVALID_ARGUMENT',
          message: expect.stringContaining('metrics are served without TLS'),
        }) as Error,
      );
    },
  );

  it.each(['vsock:3:9100', '9100', '', '127.0.0.1:99999'])('is rejected when it is not an address: %j', (value) => {
    expect(() => parseMetricsAddress('--metrics', value)).toThrow(
      expect.objectContaining({ reason: 'INVALID_ARGUMENT' }) as Error,
    );
  });
});
