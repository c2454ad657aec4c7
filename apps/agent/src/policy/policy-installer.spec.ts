// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { createHash } from 'node:crypto';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Log } from '@givc/log';
import type { PolicyName } from '@givc/model';
import type { PolicyConfig } from './policy.config.js';
import { PolicyInstaller } from './policy-installer.js';
import { PolicyRecord } from './policy-record.js';

const [firewall, keptOnly] = ['firewall', 'kept-only'] as PolicyName[] as [PolicyName, PolicyName];

const sha256 = (content: string) => createHash('sha256').update(content).digest('hex');

describe('the installer of policies', () => {
  let folder: string;
  let storePath: string;
  let destination: string;
  let installer: PolicyInstaller;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'givc-policy-installer-'));
    storePath = join(folder, 'store');
    destination = join(folder, 'etc', 'rules.json');
    const policies = new Map([
      [firewall, destination],
      [keptOnly, ''],
    ]);
    const config = { storePath, policies, maxBytes: 1_000 } as unknown as PolicyConfig;
    installer = new PolicyInstaller(config, new PolicyRecord(new Log('error', () => undefined), config));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const stored = (name: PolicyName) => join(storePath, name, 'policy.bin');
  /** A policy that has arrived; resolves with a function that installs it. */
  const incoming = async (name: PolicyName, content: string) => {
    const file = await installer.begin(name);
    await file.write(Buffer.from(content));
    await file.finish();
    return { file, install: () => installer.install(name, file, sha256(content)).finally(() => file.discard()) };
  };
  const install = async (name: PolicyName, content: string) => (await incoming(name, content)).install();

  it('does not replace files that already contain the policy', async () => {
    expect(await install(firewall, 'a')).toBe(true);
    const before = [destination, stored(firewall)].map((path) => statSync(path).ino);
    expect(await install(firewall, 'a')).toBe(false);
    expect([destination, stored(firewall)].map((path) => statSync(path).ino)).toEqual(before);
  });

  it.each(['destination', 'store'])('writes the policy again when its file in the %s was changed', async (place) => {
    await install(firewall, 'a');
    const path = place === 'store' ? stored(firewall) : destination;
    writeFileSync(path, 'b');
    expect(await install(firewall, 'a')).toBe(true);
    expect(readFileSync(path, 'utf8')).toBe('a');
  });

  it('keeps a policy without a destination in the store only', async () => {
    expect(await install(keptOnly, 'a')).toBe(true);
    expect(await install(keptOnly, 'a')).toBe(false);
    expect(readFileSync(stored(keptOnly), 'utf8')).toBe('a');
    expect(readdirSync(folder)).toEqual(['store']);
  });

  it('removes the partly written files of a killed agent, in the store and at the destination', async () => {
    for (const path of [destination, stored(firewall), stored(keptOnly)]) {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(join(dirname(path), `.${path.split('/').at(-1)}.0123456789ab.new`), 'half');
    }
    await installer.onModuleInit();
    expect([destination, stored(firewall), stored(keptOnly)].map((path) => readdirSync(dirname(path)))).toEqual([
      [],
      [],
      [],
    ]);
  });

  it('leaves no partly written file when the policy cannot be moved into the store', async () => {
    mkdirSync(stored(firewall), { recursive: true });
    await expect(install(firewall, 'a')).rejects.toMatchObject({ name: 'GivcError' });
    expect(readdirSync(dirname(destination)).filter((name) => name.startsWith('.'))).toEqual([]);
    expect(readdirSync(dirname(stored(firewall)))).toEqual(['policy.bin']);
  });

  it('leaves no partly written file when the destination cannot be replaced', async () => {
    mkdirSync(destination, { recursive: true });
    await expect(install(firewall, 'a')).rejects.toMatchObject({ name: 'GivcError' });
    expect(readdirSync(dirname(destination))).toEqual(['rules.json']);
    expect(readdirSync(dirname(stored(firewall)))).toEqual([]);
  });

  it('rejects a policy with FAILED_PRECONDITION when its file was removed from the store', async () => {
    const { install } = await incoming(firewall, 'a');
    rmSync(dirname(stored(firewall)), { recursive: true });
    await expect(install()).rejects.toMatchObject({ reason: 'FAILED_PRECONDITION' });
    expect(readdirSync(dirname(destination))).toEqual([]);
  });

  it('rejects a policy with FAILED_PRECONDITION when the store is not a folder', async () => {
    writeFileSync(storePath, '');
    await expect(installer.begin(firewall)).rejects.toMatchObject({
      reason: 'FAILED_PRECONDITION',
      message: expect.stringMatching(/^cannot make .*\/store\/firewall: /),
    });
  });

  it('installs policies of one name in sequence, so that both files and the record have the last one', async () => {
    const contents = Array.from({ length: 8 }, (_, index) => `policy ${index}`);
    const all = await Promise.all(contents.map((content) => incoming(firewall, content)));
    expect(await Promise.all(all.map(({ install: each }) => each()))).toEqual(Array(8).fill(true));
    expect([destination, stored(firewall)].map((path) => readFileSync(path, 'utf8'))).toEqual(['policy 7', 'policy 7']);
    expect(JSON.parse(readFileSync(join(storePath, 'policies.json'), 'utf8'))).toMatchObject({
      firewall: { sha256: sha256('policy 7') },
    });
  });

  it('continues with the next policy after a failure', async () => {
    mkdirSync(destination, { recursive: true });
    await expect(install(firewall, 'a')).rejects.toThrow();
    rmSync(destination, { recursive: true });
    expect(await install(firewall, 'b')).toBe(true);
    expect(readFileSync(destination, 'utf8')).toBe('b');
  });

  it('continues with a waiting policy after a failure, and removes the failed one', async () => {
    const [one, two] = [await incoming(firewall, 'a'), await incoming(firewall, 'b')];
    await one.file.discard();
    const [first, second] = await Promise.allSettled([one.install(), two.install()]);
    expect([first.status, second.status]).toEqual(['rejected', 'fulfilled']);
    expect([destination, stored(firewall)].map((path) => readFileSync(path, 'utf8'))).toEqual(['b', 'b']);
    expect(readdirSync(dirname(destination))).toEqual(['rules.json']);
  });

  it('makes the folder of a policy readable for all users, and does not follow a link there', async () => {
    const before = process.umask(0o022);
    await install(firewall, 'a');
    process.umask(before);
    expect(statSync(dirname(stored(firewall))).mode & 0o777).toBe(0o755);
    symlinkSync(folder, join(storePath, keptOnly));
    await expect(installer.begin(keptOnly)).rejects.toMatchObject({
      reason: 'FAILED_PRECONDITION',
      message: `${join(storePath, keptOnly)}: it must be a folder, not a link to one`,
    });
  });
});
