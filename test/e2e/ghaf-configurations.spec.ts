// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Rules } from '@givc/access';
import { readAdminConfig } from '../../apps/admin/src/admin.config.js';
import { parseAgentConfig, readAgentConfig } from '../../apps/agent/src/agent.config.js';

/** The files that Ghaf's modules write for the machines of the lab. */
const folder = 'test/lab/ghaf';
const file = (...names: string[]) => join(folder, ...names);

type Json = Record<string, unknown>;
interface Written {
  identity: Json;
  network: { admin: { transport: Json }; agent: { transport: Json }; tls: Json };
  capabilities: Record<string, Json>;
}

describe('the configuration of an agent that Ghaf writes', () => {
  it.each([
    ['admin-vm', []],
    ['net-vm', []],
    ['chrome-vm', [expect.stringMatching(/google-chrome-stable of "google-chrome" cannot be executed \(ENOENT\)$/)]],
    ['gui-vm', []],
    ['host', [expect.stringMatching(/^capabilities\.exec\.commands: none is listed, so only admin-vm may run/)]],
  ])('is accepted completely: %s', (machine, warnings) => {
    expect(readAgentConfig(file(machine, 'config.json')).warnings).toEqual(warnings);
  });

  it.each(readdirSync(folder))('has valid rules: %s', async (machine) => {
    for (const name of readdirSync(file(machine)).filter((some) => some.endsWith('.cedar')))
      await expect(Rules.parse(readFileSync(file(machine, name), 'utf8'), name)).resolves.toBeDefined();
  });

  const peer = (port: string) => ({ name: 'gui-vm', addr: '192.168.100.3', port, protocol: 'tcp' });
  const none = { name: 'localhost', addr: '127.0.0.1', port: '9000', protocol: 'tcp' };
  const producer = { producer: { enable: true }, consumer: { enable: false, permittedSource: null } };

  /** Further machines of Ghaf, as differences from one of the files, with a description and their capabilities. */
  const others: [string, string, Record<string, Json>, string[], object][] = [
    [
      'audio-vm, whose PipeWire is not forwarded',
      'gui-vm',
      {
        socketProxy: {
          enable: true,
          sockets: [
            { server: true, socket: '/tmp/dbusproxy_snd.sock', transport: peer('9011') },
            { server: true, socket: '/tmp/.dbusproxy.sock', transport: none },
          ],
        },
        eventProxy: { enable: true, events: [{ ...producer, transport: peer('9012'), device: 'Sound Headset' }] },
      },
      [
        'capabilities.socketProxy.sockets: the entry of /tmp/.dbusproxy.sock names no peer in its transport; this entry is left out',
      ],
      {
        socketProxy: { sockets: [{ socket: '/tmp/dbusproxy_snd.sock' }] },
        eventProxy: { events: [{ producer: { enable: true, grab: false }, device: 'Sound Headset' }] },
      },
    ],
    [
      'ids-vm, which has next to nothing',
      'admin-vm',
      { services: ['poweroff.target', 'reboot.target'] as unknown as Json, eventProxy: { enable: true, events: [{}] } },
      [
        'capabilities.eventProxy.events: the entry of 127.0.0.1:9000 names no machine in its transport; this entry is left out',
      ],
      { services: ['poweroff.target', 'reboot.target'], eventProxy: { enable: true, events: [] } },
    ],
    [
      'a net-vm with Wi-Fi, a security key and notifications',
      'net-vm',
      {
        wifi: { enable: true },
        ctap: { enable: true },
        hwid: { enable: true, interface: 'wlp0s5f0' },
        notifier: { enable: true, socket: '/run/log/journal-notifier' },
      },
      [],
      { wifi: { enable: true }, ctap: { enable: true }, notifier: { enable: true }, policy: { enable: true } },
    ],
    [
      'an application VM with policies and several applications',
      'chrome-vm',
      {
        applications: [
          { name: 'element', command: '/bin/element --enable-features=A,B  --x', args: ['url'], directories: [] },
          { name: 'zoom', command: '/bin/zoom', args: null, directories: ['/home/appuser/Unsafe share'] },
        ] as unknown as Json,
        policy: { enable: true, storePath: '/etc/policies', policies: { 'proxy-config': '' } },
      },
      ['capabilities.applications: "zoom" names directories, but its args have no "file"'],
      {
        applications: [
          { name: 'element', command: ['/bin/element', '--enable-features=A,B', '--x'], args: ['url'] },
          { name: 'zoom', command: ['/bin/zoom'], args: [], directories: ['/home/appuser/Unsafe share'] },
        ],
      },
    ],
    [
      'one of newer modules, with keys that this build does not know',
      'gui-vm',
      {
        eventProxy: { enable: false },
        tpm: { enable: true },
        notifier: { enable: true, socket: '/run/log/journal-notifier', timeout: 10_000, group: 'users' },
      },
      [
        'capabilities.notifier.timeout: unknown key',
        'capabilities.notifier.group: unknown key',
        'capabilities.tpm: unknown key',
      ],
      { notifier: { enable: true } },
    ],
  ];

  it.each(others)('is accepted of %s', (_, like, changed, warnings, capabilities) => {
    const written = JSON.parse(readFileSync(file(like, 'config.json'), 'utf8')) as Written;
    const config = parseAgentConfig({ ...written, capabilities: { ...written.capabilities, ...changed } });
    expect([...config.warnings].sort()).toEqual([...warnings].sort());
    expect(config.capabilities).toMatchObject(capabilities);
  });
});

describe('the environment of the admin that Ghaf writes', () => {
  const environment = { ...process.env };
  afterEach(() => {
    process.env = { ...environment };
  });

  it('is accepted, with a warning for a policy without a URL', () => {
    for (const line of readFileSync(file('admin-vm', 'environment'), 'utf8').trim().split('\n'))
      process.env[line.slice(0, line.indexOf('='))] = line.slice(line.indexOf('=') + 1);
    const config = readAdminConfig(['--listen', '192.168.100.10:9001']);
    expect(config.services).toEqual(
      ['audio-vm', 'ghaf-host', 'gui-vm', 'net-vm'].map((name) => `microvm@${name}.service`),
    );
    expect(config.warnings).toEqual([expect.stringContaining('policies.firewall-rules.perPolicyUpdater.url: no URL')]);
  });
});
