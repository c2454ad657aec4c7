// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { rmSync, writeFileSync } from 'node:fs';
import fs from 'node:fs/promises';
import { AdminClient } from '@givc/client';
import { parseVmName } from '@givc/model';
import { readTlsMaterial } from '@givc/rpc';
import type { Fault } from './doctor-faults.js';
import { dayMs, type DoctorSystem } from './doctor-system.js';

const permitAll = 'permit(principal, action, resource);\n';
const rules = (system: DoctorSystem, text: string): void => {
  system.flags.push('--access-control', '--cedar-file', system.write('rules.cedar', text));
};
const materialOf = (system: DoctorSystem, name: string) =>
  readTlsMaterial({
    ca: system.path(name, 'ca-cert.pem'),
    cert: system.path(name, 'cert.pem'),
    key: system.path(name, 'key.pem'),
  });

/** Registers the agent of web-vm at an address where none listens. */
async function registerElsewhere(system: DoctorSystem): Promise<void> {
  await system.certify('web-vm');
  const address = { protocol: 'tcp', host: '127.0.0.1', port: system.adminPort } as const;
  const admin = new AdminClient({ name: parseVmName('', 'admin-vm'), address }, materialOf(system, 'web-vm'));
  await admin.registerService({
    Name: 'givc-web-vm.service',
    Parent: '',
    Type: 8,
    Transport: { Protocol: 'tcp', Address: '127.0.0.1', Port: '1', Name: 'web-vm' },
    State: undefined,
  });
  admin.close();
}

/** Of the admin and its machines. */
export const adminFaults: readonly Fault[] = [
  {
    ...{ what: 'its certificate is for another address', id: 'certificate-address', state: 'failure' },
    ...{
      subject: 'admin-vm/cert.pem',
      message: 'is not for the address 127.0.0.1 of this machine',
      fix: 'certs issue --ip 127.0.0.1',
    },
    prepare: (system) => system.certify('admin-vm', { addresses: ['10.0.0.1'] }),
  },
  {
    ...{ what: 'its state directory is a file', id: 'state-directory', state: 'failure' },
    ...{ subject: '/state', message: 'is not a folder', fix: 'or change STATE_DIRECTORY' },
    then: (system) => {
      rmSync(system.path('state'), { recursive: true });
      writeFileSync(system.path('state'), '');
    },
  },
  {
    ...{ what: 'its disk is full', id: 'disk-space', state: 'failure' },
    ...{ subject: '/state', message: 'has 0 MiB left', fix: 'remove what is not needed' },
    then: () => {
      const full = { bavail: 0, bsize: 4096, blocks: 1_000_000, files: 0, ffree: 0 };
      jest.spyOn(fs, 'statfs').mockResolvedValue(full as never);
    },
  },
  {
    ...{ what: 'a rule has an unknown command', id: 'rules', state: 'failure' },
    ...{ subject: 'rules.cedar:2:', message: 'StartVn', fix: 'correct the rule (givc-cli policy check' },
    prepare: (system) => rules(system, `${permitAll}permit(principal, action == Command::"StartVn", resource);\n`),
  },
  {
    ...{ what: 'a rule has a mistyped caller', id: 'rule-names', state: 'warning' },
    ...{ subject: 'rules.cedar:2:', message: 'names the caller "net-vn"', fix: 'is "net-vm" meant?' },
    prepare: (system) => rules(system, `${permitAll}permit(principal == Source::"net-vn", action, resource);\n`),
  },
  {
    ...{ what: 'a rule has an unknown machine', id: 'rule-names', state: 'warning' },
    ...{ subject: 'rules.cedar:2:', message: 'names the machine "printer-vm"', fix: 'correct or remove the rule' },
    prepare: (system) =>
      rules(
        system,
        `${permitAll}permit(principal, action == Command::"StartVM", resource) when { context.VmName == "printer-vm" };\n`,
      ),
  },
  {
    ...{ what: 'a rule has an unknown unit', id: 'rule-names', state: 'warning' },
    ...{ subject: 'rules.cedar:2:', message: 'names the unit "webb.service"', fix: 'is "web.service" meant?' },
    prepare: (system) =>
      rules(
        system,
        `${permitAll}permit(principal, action == Command::"StartService", resource) when { ["webb.service"].contains(context.ServiceName) };\n`,
      ),
  },
  {
    ...{ what: 'the rules keep a machine from registering', id: 'registration-permitted', state: 'failure' },
    ...{ subject: 'net-vm', message: 'may not register: rules.cedar:2 forbids it' },
    fix: 'permit(principal == Source::"net-vm", action == Command::"RegisterService", resource == Module::"admin");',
    prepare: (system) => {
      system.flags.push('--services', 'microvm@net-vm.service');
      system.expected = ['host'];
      rules(
        system,
        `${permitAll}forbid(principal == Source::"net-vm", action in [Command::"RegisterService", Command::"Report"], resource);\n`,
      );
    },
  },
  {
    ...{ what: 'SERVICES has an unknown VM', id: 'managed-vms', state: 'failure' },
    ...{ subject: 'microvm@gone-vm.service', message: 'the host has registered no such VM', fix: 'correct SERVICES' },
    prepare: (system) => void system.flags.push('--services', 'givc-gone-vm.service'),
  },
  {
    ...{ what: 'a setting has no effect', id: 'configuration', state: 'warning' },
    ...{ subject: 'admin-vm', message: 'invalid VM "web.service"', fix: 'correct the settings of the admin' },
    prepare: (system) => void system.flags.push('--services', 'web.service'),
  },
  {
    ...{ what: 'the host has not registered', id: 'host-agent', state: 'failure' },
    ...{ subject: 'host', message: 'its agent has not registered', fix: 'start the agent of the host' },
    prepare: (system) => void (system.agents = ['net-vm']),
  },
  {
    ...{ what: 'an agent has ended', id: 'agent-connection', state: 'failure' },
    ...{ subject: 'net-vm', message: 'has lost its agent', fix: 'its agent ended, or the network down?' },
    then: async (system) => {
      await system.stop('net-vm');
      await system.until((states) => states.get('net-vm') === 'lost');
    },
  },
  {
    ...{ what: 'an agent listens elsewhere', id: 'agent-channel', state: 'failure' },
    ...{ subject: 'web-vm', message: 'cannot be called at 127.0.0.1:1', fix: 'network.agent.transport' },
    then: registerElsewhere,
  },
  {
    ...{ what: 'there is no zone database', id: 'setting-files', state: 'warning' },
    ...{ subject: '/nonexistent', message: 'so no timezone can be set', fix: 'install tzdata, or set TZDIR' },
    prepare: (system) => void system.flags.push('--zone-database', '/nonexistent'),
  },
  {
    ...{ what: 'the rules deny the caller its checks', id: 'checks-answered', state: 'warning' },
    ...{ subject: 'admin-vm', message: 'denies its checks', fix: 'Command::"RunChecks"' },
    prepare: (system) => rules(system, `${permitAll}forbid(principal, action == Command::"RunChecks", resource);\n`),
  },
  {
    ...{ what: 'its rules forbid the reports of an agent', id: 'admin-connection', state: 'warning' },
    ...{
      subject: '127.0.0.1:',
      message: 'takes no reports of this agent, but polls it',
      fix: 'permit report.Reports/Report',
    },
    prepare: (system) => {
      system.expected = ['host'];
      rules(system, `${permitAll}forbid(principal == Source::"net-vm", action == Command::"Report", resource);\n`);
    },
    then: (system) => system.until((states) => states.get('net-vm') === 'polled'),
  },
  {
    ...{ what: 'its file of variables has a change', id: 'pending-restart', state: 'warning', subject: 'admin-vm' },
    ...{ message: 'has changed variables that need a restart: SERVICES, GIVC_BOOT_LIMIT', fix: 'restart' },
    then: (system) => {
      system.variables.set('GIVC_BOOT_LIMIT', '60').set('SERVICES', 'microvm@web-vm.service').set('TYPE', '4');
    },
  },
  {
    ...{
      what: 'its file of variables has a mistake now',
      id: 'pending-restart',
      state: 'failure',
      subject: 'admin-vm',
    },
    ...{ message: 'a restart would fail: --boot-limit (GIVC_BOOT_LIMIT): invalid number of seconds "x"' },
    fix: 'givc-admin --check',
    then: (system) => void system.variables.set('GIVC_BOOT_LIMIT', 'x'),
  },
  {
    ...{ what: 'its certificate expires soon', id: 'certificate-dates', state: 'warning' },
    ...{ subject: 'admin-vm/cert.pem', message: 'in 0 days', fix: 'renew it' },
    prepare: (system) => system.certify('admin-vm', { days: 1, notBefore: new Date(Date.now() - 0.9 * dayMs) }),
  },
];
