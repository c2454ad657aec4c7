// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { parseAgentConfig } from './agent.config.js';
import { minimal, transport } from '../fixtures/minimal-config.fixture.js';

const peer = transport('gui-vm', '9010');
/** A public key of minisign. */
const publicKey = 'RWQYCUIbG+ABI9o1k/XAB/sa+jETBXDIAdeI3GyIYIxUdgQOM5b71XL7';
const off = { enable: false, caCertPath: null };
const identity = (type: number, subType: number, parent?: string) => ({ type, subType, parent, name: 'ghaf-host' });

/** A setting, further settings beside it, the warning, and the same setting where it has an effect. */
const settings: [string, object, RegExp, object][] = [
  [
    'policies that are on without an entry',
    { capabilities: { policy: { enable: true, policies: {} } } },
    /^capabilities\.policy\.enable: no policies are named/,
    { capabilities: { policy: { enable: true, policies: { a: '' } } } },
  ],
  [
    'signatures that have to name their policy, without a required signature',
    { capabilities: { policy: { enable: true, policies: { a: '' }, requireName: true } } },
    /^capabilities\.policy\.requireName: signatures are only required with publicKey/,
    { capabilities: { policy: { enable: true, policies: { a: '' }, requireName: true, publicKey } } },
  ],
  [
    'a socket proxy that is on without sockets',
    { capabilities: { socketProxy: { enable: true, sockets: null } } },
    /^capabilities\.socketProxy\.enable: there are no sockets/,
    { capabilities: { socketProxy: { enable: true, sockets: [{ transport: peer, socket: '/run/a' }] } } },
  ],
  [
    'a D-Bus proxy that is on without entries',
    { capabilities: { dbusProxy: { enable: true, proxies: [] } } },
    /^capabilities\.dbusProxy\.enable: there are no proxies and no clients/,
    { capabilities: { dbusProxy: { enable: true, proxies: [{ name: 'a', bus: 'system', socket: '/run/p/a' }] } } },
  ],
  [
    'VMs of a system VM',
    { capabilities: { vmServices: { systemVms: ['microvm@gui-vm.service'] } } },
    /^capabilities\.vmServices: only the host runs VMs, and this is SysVM/,
    { identity: identity(0, 1), capabilities: { vmServices: { systemVms: ['microvm@gui-vm.service'] } } },
  ],
  [
    'units of another kind of machine',
    { identity: identity(0, 9) },
    /^identity\.subType: units are listed as those of SysVM, but type says that this is Host/,
    { identity: identity(0, 1) },
  ],
  [
    'a parent of the host',
    { identity: identity(0, 1, 'microvm@net-vm.service') },
    /^identity\.parent: the host has none/,
    { identity: identity(8, 9, 'microvm@net-vm.service') },
  ],
  [
    'the permitted source of a socket that is made here',
    {
      capabilities: {
        socketProxy: { enable: true, sockets: [{ transport: peer, socket: '/run/a', permittedSource: 'gui-vm' }] },
      },
    },
    /^capabilities\.socketProxy\.sockets: permittedSource of \/run\/a: only a server is connected to/,
    {
      capabilities: {
        socketProxy: {
          enable: true,
          sockets: [{ transport: peer, socket: '/run/a', permittedSource: 'gui-vm', server: true }],
        },
      },
    },
  ],
  [
    'owner and mode of a socket that is connected to',
    {
      capabilities: {
        socketProxy: {
          enable: true,
          sockets: [{ transport: peer, socket: '/run/a', server: true, owner: 'root', mode: '0600' }],
        },
      },
    },
    /^capabilities\.socketProxy\.sockets: owner, mode of \/run\/a: a server connects to its socket/,
    {
      capabilities: {
        socketProxy: { enable: true, sockets: [{ transport: peer, socket: '/run/a', owner: 'root', mode: '0600' }] },
      },
    },
  ],
  [
    'rules without TLS',
    { network: { ...minimal.network, tls: off }, accessControl: { enable: true } },
    /^accessControl\.enable: TLS is off, so callers have no name/,
    { accessControl: { enable: true } },
  ],
  [
    'revocations without TLS',
    { network: { ...minimal.network, tls: { ...off, revocationsPath: '/etc/revoked' } } },
    /^network\.tls\.revocationsPath: TLS is off/,
    { network: { ...minimal.network, tls: { revocationsPath: '/etc/revoked' } } },
  ],
];

describe('a setting without effect', () => {
  const warningsOf = (changed: object) =>
    parseAgentConfig({ ...minimal, ...changed }).warnings.filter((line) => !line.startsWith('network.tls.enable'));

  it.each(settings)('causes one warning: %s', (_, changed, warning) => {
    expect(warningsOf(changed)).toEqual([expect.stringMatching(warning)]);
  });

  it.each(settings)('causes no warning when it has an effect: %s', (_, __, ___, changed) => {
    expect(warningsOf(changed)).toEqual([]);
  });

  it('is not reported for entries that are left out for mistakes', () => {
    const sockets = [{ transport: { ...peer, addr: '0.0.0.0' }, socket: '/run/a' }];
    expect(warningsOf({ capabilities: { socketProxy: { enable: true, sockets } } })).toEqual([
      expect.stringMatching(/^capabilities\.socketProxy\.sockets\[0\]\.transport\.addr: .*; this entry is left out$/),
    ]);
  });
});
