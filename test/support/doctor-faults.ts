// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { chmodSync, rmSync, writeFileSync } from 'node:fs';
import type { CheckId, CheckState } from '@givc/checks';
import { createAuthority } from '@givc/pki';
import { dayMs, type DoctorSystem } from './doctor-system.js';

/** A prepared fault, and the result by which it is found. */
export interface Fault {
  readonly what: string;
  readonly id: CheckId;
  readonly state: Exclude<CheckState, 'ok'>;
  /** Parts of the subject, the message, and the fix. */
  readonly subject: string;
  readonly message: string;
  readonly fix: string;
  /** Before the system starts, or for a fault of the command line, while it runs. Returns further flags. */
  prepare?(system: DoctorSystem): Promise<string[] | void> | string[] | void;
  /** After the start. */
  then?(system: DoctorSystem): Promise<void> | void;
}

const cert = { subject: 'cli/cert.pem' };
const again = 'issue it again (givc-cli certs issue)';
const files = 'issue them (givc-cli certs issue), or name others by --cacert, --cert and --key';
const ago = (days: number) => new Date(Date.now() - days * dayMs);

/** Of the command line, or of its way to the admin. */
export const localFaults: readonly Fault[] = [
  {
    ...{ what: 'a certificate that is missing', id: 'certificate-files', state: 'failure', ...cert },
    ...{ message: 'cannot be used: cannot read the certificate', fix: files },
    prepare: (system) => rmSync(system.path('cli/cert.pem')),
  },
  {
    ...{ what: 'the key of another machine', id: 'certificate-files', state: 'failure', ...cert },
    ...{ message: 'does not belong to the certificate', fix: files },
    prepare: (system) => writeFileSync(system.path('cli/key.pem'), createAuthority().key),
  },
  {
    ...{ what: 'a certificate that has expired', id: 'certificate-dates', state: 'failure', ...cert },
    ...{ message: 'ended on', fix: `renew it: ${again}` },
    prepare: (system) => system.certify('cli', { notBefore: ago(3), days: 1 }),
  },
  {
    ...{ what: 'a certificate that has expired, which the admin rejects', id: 'admin-reachable', state: 'failure' },
    ...{ subject: '127.0.0.1:', message: 'it closed the connection, because the certificate ' },
    fix: `renew it: ${again}`,
    prepare: (system) => system.certify('cli', { notBefore: ago(3), days: 1 }),
  },
  {
    ...{ what: 'a certificate that expires soon', id: 'certificate-dates', state: 'warning', ...cert },
    ...{ message: 'in 0 days', fix: `renew it: ${again}` },
    prepare: (system) => system.certify('cli', { notBefore: ago(0.9), days: 1 }),
  },
  {
    ...{ what: 'a certificate of tomorrow', id: 'certificate-dates', state: 'failure', ...cert },
    ...{ message: 'is not valid before', fix: 'set the clock, or issue it again' },
    prepare: (system) => system.certify('cli', { notBefore: ago(-1), days: 1 }),
  },
  {
    ...{
      what: 'a certificate of an authority that it does not trust',
      id: 'certificate-chain',
      state: 'failure',
      ...cert,
    },
    ...{ message: 'is rejected by peers that trust the same authorities', fix: 'put the root that signed it into' },
    prepare: (system) =>
      system.certify('cli', {}, { by: createAuthority({ name: 'Other' }), trusts: system.authority }),
  },
  {
    ...{ what: 'an authority that has expired', id: 'authority-dates', state: 'failure', subject: 'cli/ca-cert.pem' },
    ...{ message: 'ended on', fix: 'make a new authority (givc-cli certs authority)' },
    prepare: async (system) => {
      const old = createAuthority({ name: 'Old', notBefore: ago(3), days: 2 });
      await system.certify('cli', { notBefore: ago(3), days: 1 }, { by: old, trusts: old });
    },
  },
  {
    ...{ what: 'a certificate for another address', id: 'certificate-address', state: 'failure', ...cert },
    ...{
      message: 'is not for the address 127.0.0.1 of this machine, so peers reject its calls',
      fix: 'issue it with that address (givc-cli certs issue --ip 127.0.0.1)',
    },
    prepare: (system) => system.certify('cli', { addresses: ['192.168.101.6'] }),
  },
  {
    ...{ what: 'a certificate for another address, for which its checks are denied', id: 'checks-answered' },
    ...{ state: 'warning', subject: 'admin-vm', message: 'denies its checks: the certificate of cli is not for' },
    fix: 'issue the certificate of cli with that address (givc-cli certs issue cli --ip 127.0.0.1)',
    prepare: (system) => system.certify('cli', { addresses: ['192.168.101.6'] }),
  },
  {
    ...{ what: 'a certificate for another address, for which no machines are listed', id: 'checks-answered' },
    ...{ state: 'warning', subject: 'admin-vm', message: 'does not list its machines: the certificate of cli is not' },
    fix: 'issue the certificate of cli with that address (givc-cli certs issue cli --ip 127.0.0.1)',
    prepare: (system) => system.certify('cli', { addresses: ['192.168.101.6'] }),
  },
  {
    ...{ what: 'a key that all users can read', id: 'key-permissions', state: 'failure', subject: 'cli/key.pem' },
    ...{ message: 'is open to all users (mode 0644)', fix: 'chmod 0600' },
    prepare: (system) => chmodSync(system.path('cli/key.pem'), 0o644),
  },
  {
    ...{ what: 'a key that its group can read', id: 'key-permissions', state: 'warning', subject: 'cli/key.pem' },
    ...{ message: 'is open to its group (mode 0640)', fix: 'chmod 0600' },
    prepare: (system) => chmodSync(system.path('cli/key.pem'), 0o640),
  },
  {
    ...{ what: 'a port at which no server listens', id: 'admin-reachable', state: 'failure', subject: '127.0.0.1:1' },
    ...{ message: 'connection refused', fix: 'is givc-admin running, and are --addr and --port right?' },
    prepare: () => ['--port', '1'],
  },
  {
    ...{ what: 'a host name that is unknown', id: 'admin-reachable', state: 'failure', subject: 'no-host.invalid' },
    ...{ message: 'no such host', fix: 'is --addr right?' },
    prepare: () => ['--addr', 'no-host.invalid'],
  },
  {
    ...{ what: 'an admin of another authority', id: 'admin-reachable', state: 'failure', subject: '127.0.0.1:' },
    ...{ message: 'its certificate comes from another authority', fix: 'is --cacert right?' },
    prepare: async (system) => {
      const other = createAuthority({ name: 'Other' });
      await system.certify('cli', {}, { by: other, trusts: other });
    },
  },
  {
    ...{ what: 'another name of the admin', id: 'admin-reachable', state: 'failure', subject: '127.0.0.1:' },
    ...{
      message: 'its certificate is for admin-vm, 127.0.0.1, not for admin.ghaf',
      fix: "use --name with the admin's name",
    },
    prepare: () => ['--name', 'admin.ghaf'],
  },
  {
    ...{ what: 'plain text', id: 'tls', state: 'warning', subject: 'the connection to the admin' },
    ...{ message: 'is in plain text', fix: 'leave out --notls, and use --cacert, --cert and --key' },
    prepare: () => ['--notls'],
  },
  {
    ...{ what: 'a clock of the admin that is ahead', id: 'clock', state: 'failure', subject: 'admin-vm' },
    ...{ message: 's ahead', fix: 'synchronise the clocks' },
    prepare: (system) => void jest.spyOn(system.clockOf('admin-vm'), 'now').mockReturnValue(Date.now() + dayMs),
  },
];
