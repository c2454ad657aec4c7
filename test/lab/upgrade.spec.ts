// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { cpSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { addDropIn, removeDropIn } from './drop-in.js';
import type { Lab } from './lab.js';
import { addresses, adminPort } from './plan.js';
import { output } from './run.js';
import { sharedLab } from './shared-lab.js';

/** A folder with givc-admin and givc-agent of the original, which are not part of this repository. */
const original = process.env['GIVC_ORIGINAL'];
const programs = ['givc-admin', 'givc-agent'] as const;
const isThere = original !== undefined && programs.every((name) => existsSync(join(original, name)));
if (!isThere)
  process.stderr.write(
    'SKIPPED: from the original and back: GIVC_ORIGINAL names no folder with givc-admin and givc-agent\n',
  );

const state = '/var/lib/givc/registry.json';
const machines = ['admin-vm', 'net-vm'] as const;
const all = ['host', 'net-vm', 'gui-vm', 'chrome-vm'] as const;

describe('a machine whose program is replaced', () => {
  let lab: Lab;
  const sh = (name: (typeof machines)[number], script: string) => output(lab.machine(name).enter(['sh', '-c', script]));
  const restart = async (name: (typeof machines)[number]) => {
    const machine = lab.machine(name);
    const { status, stderr } = await machine.systemctl('restart', machine.program);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  };

  beforeAll(async () => {
    lab = await sharedLab();
  });

  it('continues with an older release without the registry of a newer one, which is set aside and logged', async () => {
    const since = Date.now();
    await lab.machine('admin-vm').systemctl('stop', 'givc-admin.service');
    const newer = '{"version":2,"rows":["of a newer release"]}';
    await sh('admin-vm', `printf '%s' '${newer}' > ${state}`);
    await restart('admin-vm');
    const line = await lab.machine('admin-vm').logged('givc-admin.service', 'is set aside', { since });
    expect(line).toContain(`aside=${state}.damaged`);
    expect(line).toMatch(/version/);
    await lab.registered(all);
    // The file is written at the latest when the admin ends.
    await restart('admin-vm');
    await lab.registered(all);
    expect(await sh('admin-vm', `cat ${state}.damaged`)).toBe(newer);
    expect(await sh('admin-vm', `head -c 12 ${state}`)).toBe('{"version":1');
    await sh('admin-vm', `rm ${state}.damaged`);
  });

  (isThere ? describe : describe.skip)('with the original and back', () => {
    /** Starts them as the modules of the original do, with the other settings of this repository's unit. */
    const starts = {
      'admin-vm': `/usr/local/bin/original-admin --listen ${addresses['admin-vm']}:${adminPort}`,
      'net-vm': '/usr/local/bin/original-agent -config /etc/givc/agent.json',
    };
    const useOriginal = async () => {
      for (const name of machines) {
        const more =
          name === 'admin-vm'
            ? ['Environment=POLICY_ADMIN=false ACCESS_CONTROL=false SERVICES=givc-net-vm.service']
            : [];
        await addDropIn(
          lab.machine(name),
          lab.machine(name).program,
          'Type=exec',
          'ExecStart=',
          `ExecStart=${starts[name]}`,
          ...more,
        );
        await restart(name);
      }
    };
    const useOurs = async () => {
      for (const name of machines) {
        await removeDropIn(lab.machine(name), lab.machine(name).program);
        await restart(name);
      }
    };
    const processOf = (name: (typeof machines)[number]) =>
      sh(name, `readlink /proc/$(systemctl show --property=MainPID --value ${lab.machine(name).program})/exe`);
    const files = (name: (typeof machines)[number]) =>
      sh(
        name,
        'find /etc/givc /etc/locale-givc.conf /etc/timezone.conf /var/lib/givc /var/log/givc-* -type f 2>/dev/null | sort',
      );

    beforeAll(() => {
      for (const [at, name] of machines.entries()) {
        const place = `/proc/${lab.machine(name).leader()}/root/usr/local/bin/${programs[at]!.replace('givc', 'original')}`;
        cpSync(join(original!, programs[at]!), place);
      }
    });
    afterAll(async () => {
      for (const name of machines) await sh(name, 'rm -f /usr/local/bin/original-*');
      await lab.registered(all);
    });

    it('keeps its units, certificates, locale and timezone in each direction, and has its own state again', async () => {
      expect(await lab.cli(['set-timezone', 'Pacific/Chatham'])).toMatchObject({ status: 0 });
      const before = await files('admin-vm');
      const registry = await sh('admin-vm', `cat ${state}`);

      await useOriginal();
      expect(await processOf('admin-vm')).toMatch(/original-admin$/);
      expect(await processOf('net-vm')).toMatch(/original-agent$/);
      await lab.registered(['net-vm']);
      expect(await lab.cli(['start', 'service', 'web.service', '--vm', 'net-vm'])).toMatchObject({ status: 0 });
      expect(await lab.cli(['set-timezone', 'Asia/Tokyo'])).toMatchObject({ status: 0 });
      expect(await sh('admin-vm', 'cat /etc/timezone.conf')).toBe('Asia/Tokyo');
      // The original neither reads nor writes the files that only this implementation has.
      expect(await files('admin-vm')).toBe(before);
      expect(await sh('admin-vm', `cat ${state}`)).toBe(registry);

      await useOurs();
      await lab.registered(all);
      // The admin of this repository has the timezone that the original has set, and sends it to each agent that
      // registers.
      await lab.machine('net-vm').changeIn('/etc', (etc) => existsSync(join(etc, 'localtime')));
      expect(await sh('net-vm', 'readlink /etc/localtime')).toMatch(/Asia\/Tokyo$/);
      expect(await lab.cli(['start', 'service', 'web.service', '--vm', 'net-vm'])).toMatchObject({ status: 0 });
      expect(await files('admin-vm')).toBe(before);
      expect(await lab.cli(['set-timezone', 'UTC'])).toMatchObject({ status: 0 });
    });
  });
});
