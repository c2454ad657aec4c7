// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { writeFileSync } from 'node:fs';
import { Access } from '@givc/access';
import { createAuthority, type IssueOptions } from '@givc/pki';
import { DoctorService } from '../../apps/agent/src/doctor/doctor.service.js';
import { dayMs, DoctorSystem } from '../support/doctor-system.js';

const ago = (days: number) => new Date(Date.now() - days * dayMs);

interface Problem {
  readonly what: string;
  readonly options?: Partial<IssueOptions>;
  readonly isOfOther?: boolean;
  /** After the file of the certificate. */
  readonly message: RegExp;
  readonly fix: string;
}

const problems: readonly Problem[] = [
  {
    what: 'that has expired',
    options: { notBefore: ago(3), days: 1 },
    message: /ended on [A-Z][a-z]{2} +\d+ [\d:]{8} \d{4} GMT/,
    fix: 'renew it: issue it again (givc-cli certs issue)',
  },
  {
    what: 'that is not valid yet',
    options: { notBefore: ago(-1), days: 2 },
    message: /is not valid before [A-Z][a-z]{2} +\d+ [\d:]{8} \d{4} GMT: is the clock right\?/,
    fix: 'set the clock, or issue it again',
  },
  {
    what: 'of another authority',
    isOfOther: true,
    message: /is rejected by peers that trust the same authorities: .*UNABLE_TO/,
    fix: 'put the root that signed it into',
  },
  {
    what: 'without the address of the machine',
    options: { addresses: ['192.168.101.6'] },
    message: /is not for the address 127\.0\.0\.1 of this machine, so peers reject its calls/,
    fix: 'issue it with that address (givc-cli certs issue --ip 127.0.0.1)',
  },
  {
    what: 'without the name of the machine',
    options: { name: 'gui-vm' },
    message: /is for DNS:gui-vm, IP Address:127\.0\.0\.1, and this machine is net-vm/,
    fix: 'issue it with that name first (givc-cli certs issue net-vm)',
  },
];

describe('an agent with a certificate', () => {
  let system: DoctorSystem;

  beforeEach(async () => {
    system = await DoctorSystem.make();
    system.expected = ['host'];
  });
  afterEach(() => system.close());

  const certify = ({ options, isOfOther }: Problem) =>
    system.certify('net-vm', options, {
      by: isOfOther ? createAuthority({ name: 'Other' }) : system.authority,
      trusts: system.authority,
    });

  it.each(problems)('$what says so in its status and its checks, with the file and the fix', async (problem) => {
    await certify(problem);
    await system.start();
    const text = await system.status('net-vm', /the certificate \S+net-vm\/cert\.pem /);
    expect(text).toMatch(problem.message);
    expect(text).toContain(problem.fix);
    await system.status('net-vm', /^(waiting for|cannot register)/);
    const { results } = await system.get('net-vm', DoctorService).run();
    expect(results.filter(({ id }) => id === 'admin-connection')).toEqual([
      {
        ...{ id: 'admin-connection', state: 'failure', subject: expect.stringMatching(/^127\.0\.0\.1:\d+$/) },
        message: expect.stringMatching(new RegExp(`the certificate \\S+net-vm/cert\\.pem ${problem.message.source}`)),
        fix: expect.stringContaining(problem.fix),
      },
    ]);
  });

  it.each(problems.slice(0, 3))(
    '$what is named by the admin, which advises nothing about networks',
    async (problem) => {
      system.expected = undefined;
      await system.start();
      await certify(problem);
      await system.status('net-vm', /cert\.pem/);
      // All connections end, as they do when the previous certificate expires.
      const { identity } = system.get('admin-vm', Access);
      identity!.verifyPeersWith(({ subject }) => (subject.CN === 'net-vm' ? 'replaced' : undefined));
      await system.until((states) => states.get('net-vm') === 'lost');
      identity!.verifyPeersWith(() => undefined);
      const { findings } = await system.doctor();
      const found = findings.filter(
        ({ id, state }) => state !== 'ok' && ['agent-channel', 'checks-answered'].includes(id),
      );
      expect(found.map(({ id, machine }) => [id, machine])).toEqual([
        ['agent-channel', 'admin-vm'],
        ['checks-answered', 'net-vm'],
      ]);
      for (const { message, fix } of found) {
        expect(message).toMatch(/has a certificate (that has expired|that is not yet valid|of another authority)$/);
        expect(fix).toMatch(/renew it there \(givc-cli certs issue\)|trust the authority that signed it/);
      }
    },
  );

  it('has a status with what is wrong with a new key, and with a certificate of the admin', async () => {
    system.expected = undefined;
    await system.start();
    writeFileSync(system.path('net-vm/key.pem'), createAuthority().key);
    expect(await system.status('net-vm', /not reloaded/)).toMatch(
      /the private key \S+net-vm\/key\.pem does not belong to the certificate \S+net-vm\/cert\.pem/,
    );
    const { findings } = await system.doctor('--vm', 'net-vm');
    expect(findings.filter(({ state }) => state !== 'ok')).toMatchObject([
      {
        id: 'certificate-files',
        machine: 'net-vm',
        message: expect.stringContaining('does not belong'),
        state: 'failure',
      },
    ]);
  });

  it('says in its status that the certificate of the admin is of another authority', async () => {
    await system.certify('net-vm', {}, { by: createAuthority(), trusts: createAuthority({ name: 'Other' }) });
    await system.start();
    expect(await system.status('net-vm', /which/)).toMatch(
      /^waiting for admin-vm \(127\.0\.0\.1:\d+\), which has a certificate of another authority; have both machines trust/,
    );
  });
});
