// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { isIP } from 'node:net';
import {
  formatAddress,
  parseEndpoint,
  parseListenAddress,
  sameEndpoint,
  transportOf,
  type Address,
  type Transport,
} from '@givc/model';
import { parseAddress } from '@givc/pki';
import { parseMetricsAddress } from '../../libs/metrics/src/metrics-address.js';
import { requirePlain } from './engine/requirements.js';
import { target } from './engine/target.js';
import { texts } from './engine/texts.js';
import { messagesLike } from './engine/values.js';

const addresses = [
  ...['127.0.0.1:9000', '[::1]:9001', '192.168.100.10:65535', 'admin-vm:9001', '/run/givc/admin.sock', 'vsock:3:9001'],
  ...['unix:///run/a.sock', 'unix:/run/a.sock', '[fe80::1%eth0]:9000', '[::ffff:10.0.0.1]:1', '0.0.0.0:0', ':::1'],
];
const words = [
  ...['vsock:', 'unix:', '::', '[', ']', '%eth0', '255.255.255.255', '4294967295', '65536', '0177.0.0.1', '0x7f.1'],
  ...[
    '224.0.0.1',
    'ff02::1',
    '127.0.0.1',
    '::1',
    '1.2.3.4',
    'fe80::1',
    '::ffff:1.2.3.4',
    '10.0.0.300',
    `/${'a'.repeat(107)}`,
  ],
];
const input = texts(addresses, words);
const pump = { seeds: addresses, input: (text: string) => text };

function requireAddress(address: Address): void {
  switch (address.protocol) {
    case 'tcp':
      assert(Number.isInteger(address.port) && address.port >= 0 && address.port <= 65_535, `port ${address.port}`);
      assert(
        isIP(address.host) !== 0 || /^[A-Za-z0-9][A-Za-z0-9.-]{0,252}$/.test(address.host),
        `host ${address.host}`,
      );
      return requirePlain(address.host);
    case 'vsock':
      for (const number of [address.cid, address.port])
        assert(Number.isInteger(number) && number >= 0 && number < 2 ** 32, `vsock ${number}`);
      return;
    case 'unix':
    case 'abstract':
      assert(address.path !== '' && Buffer.byteLength(address.path) <= 107, 'it has no place in sun_path');
      return requirePlain(address.path);
  }
}

export const listenAddresses = target({
  ...{ name: 'listen-addresses', parses: 'parseListenAddress of libs/model', input, pump },
  parse: (text) => parseListenAddress('--listen', text),
  accepted: (address) => {
    requireAddress(address);
    assert.deepEqual(parseListenAddress('--listen', formatAddress(address)), address);
  },
});

export const metricsAddresses = target({
  ...{ name: 'metrics-addresses', parses: 'parseMetricsAddress of libs/metrics', input, pump },
  parse: (text) => parseMetricsAddress('--metrics', text),
  accepted: (address) => {
    requireAddress(address);
    if (address.protocol === 'unix') return;
    const isHere =
      /^127\./.test(address.host) || /^[0:]+:0{0,3}1$|^[0:]*:ffff:127\.|^[0:]*:ffff:7f[0-9a-f]{2}:/i.test(address.host);
    assert(isHere, `${address.host} can be reached from elsewhere`);
  },
});

const transports: readonly Transport[] = [
  { Protocol: 'tcp', Address: '192.168.100.3', Port: '9000', Name: 'net-vm' },
  { Protocol: 'tcp', Address: 'fd00::3', Port: '9000', Name: 'net-vm' },
  { Protocol: 'tcp', Address: 'fe80::1%eth0', Port: '9000', Name: 'net-vm' },
  { Protocol: 'unix', Address: '/run/agent.sock', Port: '', Name: 'net-vm' },
  { Protocol: 'abstract', Address: 'agent', Port: '', Name: 'net-vm' },
  { Protocol: 'vsock', Address: '3', Port: '9000', Name: 'net-vm' },
];

export const endpoints = target({
  ...{ name: 'endpoints', parses: 'parseEndpoint of libs/model: TransportConfig of every registration' },
  input: messagesLike(transports, [...words, ...addresses]),
  pump: { seeds: ['192.168.100.3', '::1', 'a.b'], input: (Address): Transport => ({ ...transports[0]!, Address }) },
  parse: (transport) => parseEndpoint('Transport', transport),
  accepted: (endpoint) => {
    requireAddress(endpoint.address);
    const { address } = endpoint;
    if (address.protocol === 'tcp' && isIP(address.host) !== 0)
      assert(
        !/^(?:0\.|22[4-9]\.|23\d\.|24\d\.|25\d\.)/.test(address.host),
        `${address.host} is not the address of a peer`,
      );
    assert(sameEndpoint(parseEndpoint('', transportOf(endpoint)), endpoint), 'it is another one when read again');
  },
});

export const certificateAddresses = target({
  ...{
    name: 'certificate-addresses',
    parses: 'parseAddress of libs/pki',
    input: texts([...words, '2001:db8::1'], words),
    pump,
  },
  parse: (text) => parseAddress('--ip', text),
  accepted: (address) => {
    assert(isIP(address) !== 0 && !address.includes('%'), `${address} is not an address`);
    assert.equal(parseAddress('', address), address);
  },
});
