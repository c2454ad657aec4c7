// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

// A VM registers as the host with an admin that has no GIVC_HOST_NAME: before the host, and, when SERVICES names the
// VM, after it.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { GivcError, messageOf } from '@givc/model';
import { attack, type AttackSystem } from './support.js';
import type { BuiltProgram } from '../support/built-program.js';

async function claim(system: AttackSystem, admin: BuiltProgram, name: string): Promise<string> {
  try {
    await system.client(admin, name).registerService({
      ...{ Name: `givc-${name}.service`, Parent: '', Type: 0, State: undefined },
      Transport: { Protocol: 'tcp', Address: '127.0.0.1', Port: '1', Name: name },
    });
    return 'OK';
  } catch (error) {
    return error instanceof GivcError ? error.reason : messageOf(error);
  }
}

await attack(async (system) => {
  const admin = await system.startAdmin({ environment: { SERVICES: 'givc-host.service givc-net-vm.service' } });
  const answers: string[] = [];
  for (const name of ['evil-vm', 'host', 'net-vm', 'evil-vm']) answers.push(await claim(system, admin, name));
  system.check(
    'claims of evil-vm, host, net-vm and evil-vm again',
    answers.join() === 'PERMISSION_DENIED,OK,PERMISSION_DENIED,PERMISSION_DENIED',
    answers.join(', '),
  );
  const { List } = await system.client(admin).queryList();
  const hosts = List.filter(({ VmType }) => VmType === 'Host').map(({ Name }) => Name);
  system.check('machines that are listed as the host', hosts.join() === 'givc-host.service', hosts.join(', '));
  const recorded = readFileSync(join(system.folder, 'admin-vm', 'audit'), 'utf8')
    .split('\n')
    .filter((line) => line.includes('PERMISSION_DENIED')).length;
  const logged = admin.lines.filter((line) => line.includes('rejected as the host')).length;
  system.check('rejected claims', recorded === 3 && logged === 2, `${recorded} recorded, ${logged} machines logged`);
});
