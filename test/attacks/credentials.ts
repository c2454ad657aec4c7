// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

// The files of $CREDENTIALS_DIRECTORY are replaced by whatever a path may be, while the admin runs: it waits for none
// of them, keeps what it has read before, and serves calls meanwhile.
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, renameSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { attack, type AttackSystem } from './support.js';
import type { BuiltProgram } from '../support/built-program.js';

/** Makes something else than a file at the path. */
const kinds: Readonly<Record<string, (path: string) => void>> = {
  'a named pipe': (path) => void execFileSync('mkfifo', [path]),
  'a symlink to a named pipe': (path) => {
    execFileSync('mkfifo', [`${path}.pipe`]);
    symlinkSync(`${path}.pipe`, path);
  },
  'a folder': (path) => mkdirSync(path),
  'an endless device': (path) => symlinkSync('/dev/zero', path),
  'a file of 1 TiB': (path) => {
    writeFileSync(path, '');
    truncateSync(path, 2 ** 40);
  },
  'a symlink to itself': (path) => symlinkSync(path, path),
  'half a file': (path) => writeFileSync(path, 'permit (principal, act'),
  nothing: () => undefined,
};
const allowedMiB = 160;

async function replaced(system: AttackSystem, admin: BuiltProgram, what: string, path: string): Promise<void> {
  const client = system.client(admin);
  for (const [kind, make] of Object.entries(kinds)) {
    renameSync(path, `${path}.kept`);
    make(path);
    admin.resetPeak();
    const before = admin.memory().now;
    const line = await Promise.race([admin.nextLine('not reloaded'), pause(2_000, 'not read within 2 s')]);
    const answer = await client.queryList({ deadlineMs: 3_000 }).then(
      () => 'OK',
      (error: Error) => error.message,
    );
    const grown = admin.memory().peak - before;
    system.check(
      `${what} is ${kind}`,
      answer === 'OK' && grown < allowedMiB,
      `${answer}, ${grown.toFixed(0)} MiB more; ${/error="?(.*)/.exec(line)?.[1]?.slice(0, 120) ?? line}`,
    );
    if (answer !== 'OK') return;
    rmSync(path, { recursive: true, force: true });
    rmSync(`${path}.pipe`, { force: true });
    renameSync(`${path}.kept`, path);
    // The next problem is logged although it may have the same text.
    await pause(200);
  }
}

await attack(async (system) => {
  const folder = `${system.folder}/credentials`;
  mkdirSync(folder);
  const rules = 'permit (principal, action, resource);\n';
  writeFileSync(`${folder}/rules.cedar`, rules);
  writeFileSync(`${folder}/revocations`, '');
  const { ca, cert, key } = system.material('admin-vm');
  for (const [name, bytes] of Object.entries({ ca, cert, key })) writeFileSync(`${folder}/${name}`, bytes);
  const admin = await system.startAdmin({
    environment: {
      CREDENTIALS_DIRECTORY: folder,
      ...{ CA_CERT: '%d/ca', HOST_CERT: '%d/cert', HOST_KEY: '%d/key', GIVC_REVOCATIONS: '%d/revocations' },
      ...{ ACCESS_CONTROL: 'true', CEDAR_FILE: '%d/rules.cedar' },
    },
  });
  for (const name of ['rules.cedar', 'revocations', 'key', 'cert', 'ca'])
    await replaced(system, admin, name, `${folder}/${name}`);

  // The files alternate without a pause; at the end one permits nothing.
  const client = system.client(admin);
  writeFileSync(`${folder}/none.cedar`, 'forbid (principal, action, resource);\n');
  writeFileSync(`${folder}/all.cedar`, rules);
  let failed = 0;
  for (let n = 0; n < 300; n++) {
    copyFileSync(`${folder}/${n % 2 ? 'none' : 'all'}.cedar`, `${folder}/next`);
    renameSync(`${folder}/next`, `${folder}/rules.cedar`);
    process.kill(admin.pid, 'SIGHUP');
    await client.queryList({ deadlineMs: 3_000 }).catch((error: { reason?: string }) => {
      if (error.reason !== 'PERMISSION_DENIED') failed++;
    });
  }
  const isDenied = async () => {
    for (const end = performance.now() + 5_000; performance.now() < end;) {
      const isPermitted = await client.queryList().then(
        () => true,
        () => false,
      );
      if (!isPermitted) return true;
    }
    return false;
  };
  const denied = await isDenied();
  system.check(
    'rules that alternate',
    failed === 0 && denied,
    `${failed} calls failed; the last rules are in use: ${denied}`,
  );
});
