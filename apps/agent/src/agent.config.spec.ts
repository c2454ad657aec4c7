// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseAgentConfig, readAgentConfig } from './agent.config.js';
import { minimal, transport, withCapabilities } from '../fixtures/minimal-config.fixture.js';

describe("the agent's configuration", () => {
  it('requires only the identity of the agent and the address of its admin', () => {
    const value = parseAgentConfig({ ...minimal, capabilities: null, accessControl: null });
    expect(value).toMatchObject({
      settings: {
        unit: 'givc-net-vm.service',
        parent: 'microvm@net-vm.service',
        type: { vm: 'SysVM', service: 'Mgr' },
        subType: { vm: 'SysVM', service: 'Svc' },
        admin: { name: 'admin-vm', address: { protocol: 'tcp', host: '127.0.0.1', port: 9001 } },
        self: { name: 'net-vm', address: { port: 9000 } },
      },
      capabilities: { services: [], applications: [], vmServices: { systemVms: [], appVms: [] } },
      warnings: [],
    });
    expect(value.access).toEqual({
      tls: { ca: '/etc/givc/ca-cert.pem', cert: '/etc/givc/cert.pem', key: '/etc/givc/key.pem' },
      revocations: undefined,
      rules: undefined,
      relay: value.settings.admin.name,
    });
  });

  it.each<[string, object, object, string[]]>([
    [
      'certificates are named and TLS is off',
      { enable: false, certPath: '/etc/givc/cert.pem' },
      transport('net-vm', '9000'),
      [
        'network.tls.enable: TLS is off although certificates are named: every call is in plain text and unauthenticated',
      ],
    ],
    [
      'TLS is off',
      { enable: false, caCertPath: '', certPath: null },
      transport('net-vm', '9000'),
      ['network.tls.enable: TLS is off: every call is in plain text and unauthenticated'],
    ],
    [
      'TLS is off, and only the admin is called over the network',
      { enable: false },
      { name: 'net-vm', addr: '/run/agent.sock', port: '', protocol: 'unix' },
      ['network.tls.enable: TLS is off: every call is in plain text and unauthenticated'],
    ],
    ['TLS is on', { certPath: '/cert.pem' }, transport('net-vm', '9000'), []],
  ])('warns at most once when %s', (_, tls, self, warnings) => {
    const network = { ...minimal.network, agent: { transport: self }, tls };
    expect(parseAgentConfig({ ...minimal, network }).warnings).toEqual(warnings);
  });

  it('does not warn of plain-text connections within the machine', () => {
    const socket = (name: string) => ({ transport: { name, addr: `/run/${name}`, port: '', protocol: 'unix' } });
    const network = { admin: socket('admin-vm'), agent: socket('net-vm'), tls: { enable: false } };
    expect(parseAgentConfig({ ...minimal, network }).warnings).toEqual([]);
  });

  it('names the file in each line of an error, also for mistyped keys', () => {
    const folder = mkdtempSync(join(tmpdir(), 'agent-config-'));
    const file = join(folder, 'agent.json');
    const { network, ...rest } = minimal;
    writeFileSync(file, JSON.stringify({ ...rest, netwrk: network }));
    try {
      expect(() => readAgentConfig(file)).toThrow(
        expect.objectContaining({
          reason: 'INVALID_ARGUMENT',
          message: `${file}: network: it is missing: expected object\n${file}: netwrk: unknown key`,
        }) as Error,
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('defines no parent for the agent of the host', () => {
    for (const parent of ['', null, undefined])
      expect(
        parseAgentConfig({ ...minimal, identity: { ...minimal.identity, parent } }).settings.parent,
      ).toBeUndefined();
  });

  it.each<[string, object, string[]]>([
    [
      'its identity and network, where a mistake ends the agent',
      {
        identity: { type: 9, subType: 99, parent: 'net-vm', name: '-' },
        network: { admin: { transport: transport('admin-vm', '99999') }, agent: null },
      },
      [
        'identity.type: invalid unit type 9 (SysVM Svc): expected one with Mgr',
        'identity.subType: invalid unit type 99',
        'identity.parent: invalid unit name "net-vm"',
        'identity.name: invalid VM name "-"',
        'network.admin.transport.port: invalid port "99999"',
        'network.agent: ',
      ],
    ],
    [
      'addresses at which no peer can be reached',
      {
        ...minimal,
        network: {
          admin: { transport: { ...transport('admin-vm', '9001'), protocol: 'vsock', addr: 'any' } },
          agent: { transport: { ...transport('net-vm', '9000'), addr: '0.0.0.0' } },
        },
      },
      [
        'network.admin.transport.addr: invalid vsock number of a peer "any": expected 0-4294967294',
        'network.agent.transport.addr: invalid address of a peer "0.0.0.0": it stands for every address',
      ],
    ],
  ])('is rejected with every mistake of %s at once', (_, input, lines) => {
    const mistaken = () => parseAgentConfig(input);
    expect(mistaken).toThrow(expect.objectContaining({ reason: 'INVALID_ARGUMENT' }) as Error);
    for (const line of lines) expect(mistaken).toThrow(line);
  });

  it('is accepted without its invalid entries, with a warning for each', () => {
    const { capabilities, warnings } = withCapabilities({
      services: ['foo', 'web.service', 'bar'],
      vmServices: { adminVm: 'web.service', systemVms: ['web.service', 'microvm@net-vm.service'] },
      applications: [
        { name: 'a b', command: 'bin/a', args: ['url', 'path'] },
        { name: 'good', command: '/bin/good' },
      ],
      wifi: { enable: 'yes' },
      ctap: { enable: true },
    });
    expect(capabilities).toMatchObject({
      services: ['web.service'],
      vmServices: { systemVms: ['microvm@net-vm.service'], appVms: [] },
      applications: [{ name: 'good' }],
      wifi: { enable: false },
      ctap: { enable: true },
    });
    expect(warnings).toEqual([
      expect.stringMatching(/^capabilities\.services\[0\]: invalid unit name "foo": .*; this entry is left out$/),
      expect.stringMatching(/^capabilities\.services\[2\]: invalid unit name "bar": .*; this entry is left out$/),
      expect.stringMatching(
        /^capabilities\.vmServices\.adminVm: invalid VM "web\.service": .*; this entry is left out$/,
      ),
      expect.stringMatching(/^capabilities\.vmServices\.systemVms\[0\]: .*; this entry is left out$/),
      expect.stringMatching(/^capabilities\.applications\[0\]\.name: .*; this entry is left out$/),
      expect.stringMatching(/^capabilities\.applications\[0\]\.command: .*; this entry is left out$/),
      expect.stringMatching(/^capabilities\.applications\[0\]\.args\[1\]: .*; this entry is left out$/),
      expect.stringMatching(/^capabilities\.wifi\.enable: .*; the capability stays off$/),
      'capabilities.vmServices: only the host runs VMs, and this is SysVM',
    ]);
  });

  it('turns off an entry or a capability when its protection has a mistake', () => {
    const entry = { transport: transport('gui-vm', '9010'), server: true, socket: '/run/a.sock' };
    const proxy = { name: 'bus', bus: 'system', socket: '/run/a/b', transport: transport('gui-vm', '9011') };
    const { capabilities, warnings } = withCapabilities({
      socketProxy: { enable: true, sockets: [{ ...entry, permittedSource: 'no name!' }] },
      dbusProxy: { enable: true, proxies: [{ ...proxy, filter: { talk: ['*'] } }] },
      policy: { enable: true, policies: { firewall: '/etc/rules' }, publicKey: 'RWQ' },
    });
    expect(capabilities).toMatchObject({
      socketProxy: { sockets: [] },
      dbusProxy: { proxies: [] },
      policy: { enable: false, policies: new Map() },
    });
    expect(warnings).toEqual([
      expect.stringMatching(/^capabilities\.socketProxy\.sockets\[0\]\.permittedSource: .*; this entry is left out$/),
      expect.stringMatching(/^capabilities\.dbusProxy\.proxies\[0\]\.filter\.talk\[0\]: .*; this entry is left out$/),
      expect.stringMatching(/^capabilities\.policy\.publicKey: .*; the capability stays off$/),
    ]);
  });

  it.each([
    ['rules', { accessControl: { enable: true, rulesFile: 7 } }, 'accessControl.rulesFile: '],
    ['revocations', { network: { ...minimal.network, tls: { revocationsPath: 7 } } }, 'network.tls.revocationsPath: '],
    ['TLS', { network: { ...minimal.network, tls: { enable: 'yes' } } }, 'network.tls.enable: '],
  ])('is rejected for a mistake in %s, which protects everything', (_, part, path) => {
    expect(() => parseAgentConfig({ ...minimal, ...part })).toThrow(path);
  });

  it('treats an empty string of an optional setting as not set', () => {
    const { capabilities, access, warnings } = parseAgentConfig({
      ...minimal,
      network: { ...minimal.network, tls: { revocationsPath: '', caCertPath: '' } },
      capabilities: {
        vmServices: { adminVm: '', systemVms: '' },
        hwid: { enable: true, interface: '' },
        notifier: { enable: true, socket: '' },
        policy: { enable: true, storePath: '', publicKey: '', policies: { firewall: '' } },
        eventProxy: {},
      },
    });
    expect(warnings).toEqual([]);
    expect(access).toMatchObject({ revocations: undefined, tls: { ca: '/etc/givc/ca-cert.pem' } });
    expect(capabilities).toMatchObject({
      vmServices: { adminVm: undefined, systemVms: [] },
      notifier: { enable: true, socket: '/run/log/journal-notifier' },
      policy: { enable: true, storePath: '/etc/policies', publicKey: undefined },
    });
  });

  it('does not read a capability that is off', () => {
    const proxies = (enable: boolean) => ({
      eventProxy: { enable, events: [{ transport: {}, device: 'Mouse' }] },
      socketProxy: { enable, sockets: [{ transport: {}, server: true, socket: '/tmp/.dbusproxy.sock' }] },
    });
    expect(withCapabilities(proxies(false)).capabilities.socketProxy).toEqual({ enable: false, sockets: [] });
    expect(withCapabilities(proxies(true)).warnings).toContainEqual(
      expect.stringContaining('the entry of /tmp/.dbusproxy.sock names no peer'),
    );
  });

  it('warns of settings without effect', () => {
    const value = parseAgentConfig({
      ...minimal,
      capabilities: { exec: { enable: true }, eventProxy: { enable: true }, teleport: {} },
    });
    expect(value.warnings).toEqual([
      'capabilities.teleport: unknown key',
      expect.stringMatching(/^capabilities\.exec\.commands: none is listed, so only admin-vm may run "ota-update get"/),
      'capabilities.eventProxy.enable: there are no events',
    ]);
  });

  it('rejects a mistyped key of the access control, without which more would be permitted', () => {
    const accessControl = { enable: false, adminOnyl: true };
    expect(() => parseAgentConfig({ ...minimal, accessControl })).toThrow('accessControl.adminOnyl: unknown key');
  });

  it('contains the paths of the rules and the revocations', () => {
    const { access } = parseAgentConfig({
      ...minimal,
      network: { ...minimal.network, tls: { revocationsPath: '/etc/givc/revoked' } },
      accessControl: { enable: true },
    });
    expect(access).toMatchObject({ revocations: '/etc/givc/revoked', rules: '/etc/givc-agent-acl/rules.cedar' });
  });

  it('reserves calls that change something for the admin where accessControl.adminOnly is set', () => {
    const onlyFrom = (accessControl: object) => parseAgentConfig({ ...minimal, accessControl }).access.changesOnlyFrom;
    expect(onlyFrom({})).toBeUndefined();
    expect(onlyFrom({ adminOnly: true })).toBe('admin-vm');
  });
});
