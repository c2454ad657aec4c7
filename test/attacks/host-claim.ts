// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

// A VM registers as the host of an admin that has no GIVC_HOST_NAME: before the host, and, when SERVICES names it, after it.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { GivcError, messageOf } from '@givc/model';
import { attack, type Program, type Scene } from './support.js';

async function claim(scene: Scene, admin: Program, name: string): Promise<string> {
  try {
    await scene.client(admin, name).registerService({
      ...{ Name: `givc-${name}.service`, Parent: '', Type: 0, State: undefined },
      Transport: { Protocol: 'tcp', Address: '127.0.0.1', Port: '1', Name: name },
    });
    return 'OK';
  } catch (error) {
    return error instanceof GivcError ? error.reason : messageOf(error);
  }
}

await attack(async (scene) => {
  const admin = await scene.startAdmin({ environment: { SERVICES: 'givc-host.service givc-net-vm.service' } });
  const answers: string[] = [];
  for (const name of ['evil-vm', 'host', 'net-vm', 'evil-vm']) answers.push(await claim(scene, admin, name));
  scene.verdict(
    'claims of evil-vm, host, net-vm and evil-vm again',
    answers.join() === 'PERMISSION_DENIED,OK,PERMISSION_DENIED,PERMISSION_DENIED',
    answers.join(', '),
  );
  const { List } = await scene.client(admin).queryList();
  const hosts = List.filter(({ VmType }) => VmType === 'Host').map(({ Name }) => Name);
  scene.verdict('machines that are listed as the host', hosts.join() === 'givc-host.service', hosts.join(', '));
  const recorded = readFileSync(join(scene.folder, 'admin-vm', 'audit'), 'utf8')
    .split('\n')
    .filter((line) => line.includes('PERMISSION_DENIED')).length;
  const logged = admin.lines.filter((line) => line.includes('refused as the host')).length;
  scene.verdict('refused claims', recorded === 3 && logged === 2, `${recorded} recorded, ${logged} machines logged`);
});
