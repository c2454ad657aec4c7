// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { otaUpdateCommands } from '../support/ota-update.js';
import {
  addresses,
  adminPort,
  agentPort,
  echoSocket,
  execUser,
  labBus,
  labPolicy,
  user,
  type MachineName,
} from './plan.js';
import { accessControlOf } from './rules.js';

type Agent = Exclude<MachineName, 'admin-vm'>;

const types: Readonly<Record<Agent, readonly [type: number, subType: number]>> = {
  host: [0, 1],
  'net-vm': [8, 9],
  'gui-vm': [8, 9],
  'chrome-vm': [12, 13],
};

const transport = (name: MachineName, port: number): object => ({
  name,
  addr: addresses[name],
  port: String(port),
  protocol: 'tcp',
});

const timedate = 'org.freedesktop.timedate1';

/**
 * The proxies of net-vm: one for a part of its bus and for `LabService`, and one of the user `nobody` that permits
 * nothing.
 */
const proxies = [
  {
    name: 'lab',
    bus: 'system',
    socket: labBus.filtered,
    filter: {
      see: ['org.freedesktop.hostname1'],
      call: [
        `${timedate}=${timedate}.ListTimezones`,
        `${timedate}=org.freedesktop.DBus.Properties.Get@/org/freedesktop/timedate1`,
        'org.givc.Lab=org.givc.Lab.Text@/org/givc/Lab',
      ],
      broadcast: [`${timedate}=org.freedesktop.DBus.Properties.PropertiesChanged@/org/freedesktop/timedate1`],
    },
    transport: transport('gui-vm', labBus.port),
  },
  { name: 'nobody', bus: 'system', socket: '/run/nobody-bus/socket', user: 'nobody' },
];

const capabilities: Readonly<Record<Agent, object>> = {
  host: {
    services: ['poweroff.target', 'reboot.target', 'suspend.target', 'backup.service'],
    vmServices: {
      adminVm: 'microvm@admin-vm.service',
      systemVms: ['microvm@net-vm.service', 'microvm@gui-vm.service'],
      appVms: ['microvm@chrome-vm.service'],
    },
    exec: { enable: true, commands: otaUpdateCommands('/usr/local/bin/ota-update') },
  },
  'net-vm': {
    services: ['web.service', 'fragile.service', 'slow.service', 'once.service', 'broken.service'],
    socketProxy: {
      enable: true,
      sockets: [{ transport: transport('gui-vm', echoSocket.port), server: true, socket: echoSocket.service }],
    },
    exec: {
      enable: true,
      commands: [
        { command: '/bin/ip', args: ['addr'] },
        { command: '/usr/bin/id', users: ['root', execUser] },
        { command: '/bin/cat', users: ['root', execUser] },
        { command: '/usr/bin/head', args: ['-c', '*', '/dev/zero'] },
      ],
    },
    wifi: { enable: true },
    journal: { enable: true },
    hwid: { enable: true },
    policy: {
      enable: true,
      storePath: '/var/lib/givc/policies',
      policies: { [labPolicy.name]: labPolicy.destination, large: '' },
    },
    dbusProxy: { enable: true, proxies },
  },
  'gui-vm': {
    services: ['web.service', 'compositor.service'],
    socketProxy: {
      enable: true,
      sockets: [
        { transport: transport('net-vm', echoSocket.port), server: false, socket: echoSocket.proxied, owner: execUser },
      ],
    },
    ctap: { enable: true },
    notifier: { enable: true, socket: '/run/notifier' },
    dbusProxy: {
      enable: true,
      clients: [{ name: 'lab', transport: transport('net-vm', labBus.port), socket: labBus.proxied }],
    },
  },
  'chrome-vm': {
    dbusProxy: {
      enable: true,
      proxies: [{ name: 'session', bus: 'session', socket: `/run/user/${user.uid}/session-bus/socket` }],
    },
    applications: [
      {
        name: 'chromium',
        command: '/usr/local/bin/chromium',
        args: ['url', 'flag', 'file'],
        directories: [`${user.home}/shares`],
      },
      { name: 'clock', command: '/usr/local/bin/clock' },
      { name: 'dialog', command: '/usr/local/bin/dialog' },
      { name: 'family', command: '/usr/local/bin/family' },
    ],
    exec: { enable: true, commands: [{ command: '/usr/bin/id', users: [user.name, 'root'] }] },
    journal: { enable: true },
  },
};

/** The configuration of a machine's agent, as JSON. */
export function agentConfig(name: Agent): string {
  const [type, subType] = types[name];
  return JSON.stringify(
    {
      identity: { type, subType, parent: name === 'host' ? '' : `microvm@${name}.service`, name },
      network: {
        admin: { transport: transport('admin-vm', adminPort) },
        agent: { transport: transport(name, agentPort) },
        tls: {
          enable: true,
          caCertPath: '/etc/givc/ca-cert.pem',
          certPath: '/etc/givc/cert.pem',
          keyPath: '/etc/givc/key.pem',
        },
      },
      capabilities: capabilities[name],
      accessControl: accessControlOf(name),
    },
    undefined,
    2,
  );
}
