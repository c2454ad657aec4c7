// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { chmodSync } from 'node:fs';
import type { Fault } from './doctor-faults.js';
import { asUser, dayMs, type DoctorSystem } from './doctor-system.js';

const capabilities =
  (value: object) =>
  (system: DoctorSystem): void =>
    void (system.capabilities = value);
const rules = (system: DoctorSystem, text: string): void => {
  system.accessControl = { enable: true, rulesFile: system.write('agent.cedar', text) };
};
const elsewhere = { name: 'gui-vm', addr: '127.0.0.1', port: 1, protocol: 'tcp' };
const net = { subject: 'net-vm' };

/** Of the agent of net-vm and its machine. */
export const agentFaults: readonly Fault[] = [
  {
    ...{ what: 'a unit of its allowlist is not installed', id: 'units', state: 'failure' },
    ...{ subject: 'gone.service', message: 'is unknown to systemd', fix: 'install it, or remove it from' },
    prepare: capabilities({ services: ['web.service', 'gone.service'] }),
  },
  {
    ...{ what: 'a unit of its allowlist is masked', id: 'units', state: 'warning' },
    ...{ subject: 'off.service', message: 'is masked', fix: 'systemctl unmask off.service' },
    prepare: (system) => {
      system.systemd.define('off.service', { masked: true });
      system.capabilities = { services: ['off.service'] };
    },
  },
  {
    ...{ what: 'a unit may take longer to start than the admin waits', id: 'time-limits', state: 'warning' },
    ...{ subject: 'slow.service', message: 'may take 300 s to start', fix: 'set TimeoutStartSec= to at most 100' },
    prepare: (system) => {
      system.systemd.define('slow.service', { limits: { startMs: 300_000, stopMs: 90_000 } });
      system.capabilities = { services: ['slow.service'] };
    },
  },
  {
    ...{ what: 'a unit may take any time to stop', id: 'time-limits', state: 'warning' },
    ...{ subject: 'slow.service', message: 'may take any time to stop', fix: 'set TimeoutStopSec= to at most 190' },
    prepare: (system) => {
      system.systemd.define('slow.service', { limits: { startMs: 90_000, stopMs: Infinity } });
      system.capabilities = { services: ['slow.service'] };
    },
  },
  {
    ...{ what: 'the program of an application is missing', id: 'applications', state: 'failure' },
    ...{ subject: '/nonexistent/clock', message: 'cannot be run', fix: 'correct the command of "clock"' },
    prepare: capabilities({ applications: [{ name: 'clock', command: '/nonexistent/clock' }] }),
  },
  {
    ...{ what: 'a command that others may run is missing', id: 'commands', state: 'failure' },
    ...{ subject: '/nonexistent/tool', message: 'cannot be run', fix: 'remove it from capabilities.exec.commands' },
    prepare: capabilities({ exec: { enable: true, commands: [{ command: '/nonexistent/tool' }] } }),
  },
  {
    ...{ what: 'the programs of security keys are missing', id: 'programs', state: 'failure' },
    ...{ subject: 'qctap-get-info', message: 'capabilities.ctap needs it', fix: 'install the package qubes-ctap' },
    prepare: capabilities({ ctap: { enable: true } }),
  },
  {
    ...{ what: 'a socket that it serves is missing', id: 'socket-proxy', state: 'failure' },
    ...{ subject: '/nonexistent/audio.sock', message: 'is not there for gui-vm', fix: 'start the program that makes' },
    prepare: capabilities({
      socketProxy: {
        enable: true,
        sockets: [{ server: true, socket: '/nonexistent/audio.sock', transport: { ...elsewhere, port: 0 } }],
      },
    }),
  },
  {
    ...{ what: 'the peer of a socket does not listen', id: 'socket-proxy', state: 'failure' },
    ...{ subject: 'audio.sock', message: 'has no peer: gui-vm (127.0.0.1:1) refuses connections' },
    fix: 'is its daemon running, and does it listen at this address?',
    prepare: (system) =>
      capabilities({
        socketProxy: { enable: true, sockets: [{ socket: system.path('audio.sock'), transport: elsewhere }] },
      })(system),
  },
  {
    ...{ what: 'the bus of a D-Bus proxy is missing', id: 'dbus-proxy', state: 'failure' },
    ...{ subject: 'dbus-proxy-nm.service', message: 'has no bus: /nonexistent/bus is missing', fix: 'start the bus' },
    prepare: (system) =>
      capabilities({
        dbusProxy: {
          enable: true,
          proxies: [{ name: 'nm', bus: 'unix:path=/nonexistent/bus', socket: system.path('nm.sock') }],
        },
      })(system),
  },
  {
    ...{ what: 'the store of policies cannot be made', id: 'policy-store', state: 'failure' },
    ...{ subject: 'taken', message: 'is not a folder', fix: 'or change capabilities.policy.storePath' },
    prepare: (system) =>
      capabilities({
        policy: { enable: true, storePath: `${system.write('taken', '')}/policies`, policies: { a: '' } },
      })(system),
  },
  {
    ...{ what: 'NetworkManager is missing', id: 'network-manager', state: 'failure' },
    ...{ subject: 'NetworkManager.service', message: 'is unknown to systemd', fix: 'package network-manager' },
    prepare: capabilities({ wifi: { enable: true } }),
  },
  {
    ...{ what: 'the interface of the hardware id is missing', id: 'hardware-id', state: 'failure' },
    ...{ subject: 'capabilities.hwid', message: 'no network interface "nope0"', fix: 'capabilities.hwid.interface' },
    prepare: capabilities({ hwid: { enable: true, interface: 'nope0' } }),
  },
  {
    ...{ what: 'there is no folder of notifiers', id: 'notifier', state: 'warning' },
    ...{
      subject: '/nonexistent',
      message: 'so that notifications are lost',
      fix: 'change capabilities.notifier.socket',
    },
    prepare: capabilities({ notifier: { enable: true, socket: '/nonexistent/notifier' } }),
  },
  {
    ...{ what: 'a setting is left out', id: 'configuration', state: 'warning', ...net },
    ...{ message: 'this entry is left out', fix: 'correct the file of the agent (givc-agent -check FILE)' },
    prepare: capabilities({ services: ['web'] }),
  },
  {
    ...{ what: 'its file has a change that only a restart applies', id: 'pending-restart', state: 'warning' },
    ...{
      subject: 'net-vm.json',
      message: 'has changes that need a restart: network.admin.heartbeatMs',
      fix: 'restart',
    },
    then: (system) => system.change('net-vm', '"heartbeatMs":3000', '"heartbeatMs":5000'),
  },
  {
    ...{ what: 'its file has a change that a reload applies', id: 'pending-restart', state: 'warning' },
    ...{ subject: 'net-vm.json', message: 'has changes that need a reload: capabilities.services', fix: 'reload' },
    then: (system) => system.change('net-vm', '"web.service"', '"web.service","new.service"'),
  },
  {
    ...{ what: 'an entry of its file has a mistake now', id: 'pending-restart', state: 'warning' },
    ...{
      subject: 'net-vm.json',
      message: 'a reload applies nothing: capabilities.services[1]',
      fix: 'givc-agent -check',
    },
    then: (system) => system.change('net-vm', '"web.service"', '"web.service","new"'),
  },
  {
    ...{ what: 'its file has a mistake now', id: 'pending-restart', state: 'failure', subject: 'net-vm.json' },
    ...{ message: 'a restart would fail: ', fix: 'givc-agent -check' },
    then: (system) => system.change('net-vm', '"heartbeatMs":3000', '"heartbeatMs":-1'),
  },
  {
    ...{ what: 'its systemd has no freezer', id: 'systemd-version', state: 'failure' },
    ...{
      subject: 'net-vm',
      message: 'has systemd 241, which cannot freeze units',
      fix: 'install systemd 246 or later',
    },
    prepare: (system) => void (system.systemd.managerVersion = '241'),
  },
  {
    ...{ what: 'all users can read its key', id: 'key-permissions', state: 'failure' },
    ...{ subject: 'net-vm/key.pem', message: 'is open to all users (mode 0644)', fix: 'chmod 0600' },
    prepare: (system) => chmodSync(system.path('net-vm/key.pem'), 0o644),
  },
  {
    ...{ what: 'its certificate expires soon', id: 'certificate-dates', state: 'warning' },
    ...{ subject: 'net-vm/cert.pem', message: 'in 0 days', fix: 'renew it' },
    prepare: (system) => system.certify('net-vm', { days: 1, notBefore: new Date(Date.now() - 0.9 * dayMs) }),
  },
  {
    ...{ what: 'its rules deny the admin the state of units', id: 'agent-permitted', state: 'failure' },
    ...{ subject: 'admin-vm', message: 'no rule permits it', fix: 'permit Source::"admin-vm" the commands of' },
    prepare: (system) => rules(system, 'permit(principal, action == Command::"RunChecks", resource);'),
  },
  {
    ...{ what: 'its rules deny the admin its checks', id: 'checks-answered', state: 'warning', ...net },
    ...{ message: 'denies its checks', fix: 'Command::"RunChecks"' },
    prepare: (system) => rules(system, 'permit(principal, action == Command::"GetUnitStatus", resource);'),
  },
  {
    ...{ what: 'it is too old to have checks', id: 'checks-answered', state: 'warning', ...net },
    ...{ message: 'has no checks: it is of an earlier release', fix: 'update the agent of net-vm' },
    prepare: (system) => void (system.serves = ['systemd.UnitControlService', 'stats.StatsService']),
  },
  {
    ...{ what: 'it runs in a session that ends with a logout', id: 'user-session', state: 'warning' },
    ...{ subject: 'givc-unknown', message: 'this agent ends with it', fix: 'loginctl enable-linger givc-unknown' },
    then: () => void asUser({ uid: 1000, username: 'givc-unknown' }),
  },
  {
    ...{ what: 'its clock is behind', id: 'clock', state: 'failure', ...net },
    ...{ message: 's behind', fix: 'synchronise the clocks' },
    then: (system) => void jest.spyOn(system.clockOf('net-vm'), 'now').mockReturnValue(Date.now() - dayMs),
  },
];
