// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { parseConnection } from './connection.js';

const files = { cacert: '/ca', cert: '/cert', key: '/key' };

describe('the connection of givc-cli', () => {
  it('has the defaults of the contract', () => {
    expect(parseConnection(files, {})).toEqual({
      endpoint: { name: 'admin.ghaf', address: { protocol: 'tcp', host: '127.0.0.1', port: 9000 } },
      tlsFiles: { ca: '/ca', cert: '/cert', key: '/key' },
    });
  });

  it('uses a variable where its flag is missing', () => {
    const environment = {
      GIVC_ADDR: '192.168.101.10',
      GIVC_PORT: '9001',
      GIVC_NAME: 'admin-vm',
      GIVC_CA_CERT: '/etc/ca',
      GIVC_HOST_CERT: '/etc/cert',
      GIVC_HOST_KEY: '/etc/key',
    };
    expect(parseConnection({ port: '9002', key: '/key' }, environment)).toEqual({
      endpoint: { name: 'admin-vm', address: { protocol: 'tcp', host: '192.168.101.10', port: 9002 } },
      tlsFiles: { ca: '/etc/ca', cert: '/etc/cert', key: '/key' },
    });
  });

  it('treats an empty variable as unset', () => {
    expect(parseConnection(files, { GIVC_ADDR: '', GIVC_PORT: '', GIVC_NAME: '' })).toEqual(parseConnection(files, {}));
  });

  it.each(['1', 'true', 'yes', 'ON'])('turns TLS off with GIVC_NO_TLS=%s', (value) => {
    expect(parseConnection({}, { GIVC_NO_TLS: value }).tlsFiles).toBeUndefined();
  });

  it.each(['', '0', 'false', 'no'])('leaves TLS on with GIVC_NO_TLS=%s', (value) => {
    const { tlsFiles } = parseConnection(files, { GIVC_NO_TLS: value });
    expect(tlsFiles).toEqual({ ca: '/ca', cert: '/cert', key: '/key' });
  });

  it('reads IPv6 addresses, unix sockets and vsock', () => {
    const address = (options: object) => parseConnection({ notls: true, ...options }, {}).endpoint.address;
    expect(address({ addr: '::1' })).toEqual({ protocol: 'tcp', host: '::1', port: 9000 });
    expect(address({ addr: '/run/givc.sock' })).toEqual({ protocol: 'unix', path: '/run/givc.sock' });
    expect(address({ vsock: '2:9001' })).toEqual({ protocol: 'vsock', cid: 2, port: 9001 });
  });

  it.each([
    [{ ...files, port: '90o0' }, {}, /^--addr and --port: invalid port "90o0"/],
    [files, { GIVC_PORT: '70000' }, /^--addr and GIVC_PORT: invalid port "70000"/],
    [{ ...files, vsock: '2' }, {}, /^--vsock: /],
    ...['any:9001', '-1:9001', '4294967295:1', '2:any'].map((vsock): [object, Record<string, string>, RegExp] => [
      { ...files, vsock },
      {},
      /^--vsock: invalid address ".*": expected the CID and the port of the admin$/,
    ]),
    [{ ...files, name: 'not a name' }, {}, /^--name: /],
    [files, { GIVC_NO_TLS: 'maybe' }, /^GIVC_NO_TLS: invalid value "maybe": expected true or false$/],
    [{ cacert: '/ca', cert: '/cert' }, {}, /^--key: .*GIVC_HOST_KEY, or use --notls$/],
  ])('names the invalid setting in %j %j', (options, environment, message) => {
    expect(() => parseConnection(options, environment)).toThrow(message);
  });
});
