import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Log } from '@givc/log';
import type { PolicyName } from '@givc/model';
import type { AgentConfig } from '../agent.config.js';
import { PolicyInstaller } from './policy-installer.js';
import { PolicyRecord } from './policy-record.js';

const [firewall, keptOnly] = ['firewall', 'kept-only'] as PolicyName[] as [PolicyName, PolicyName];

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
    const config = { capabilities: { policy: { storePath, policies, maxBytes: 1_000 } } } as unknown as AgentConfig;
    installer = new PolicyInstaller(config, new PolicyRecord(new Log('error', () => undefined), config));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const stored = (name: PolicyName) => join(storePath, name, 'policy.bin');
  const install = async (name: PolicyName, content: string): Promise<boolean> => {
    const incoming = await installer.begin(name);
    try {
      await incoming.write(Buffer.from(content));
      await incoming.finish();
      return await installer.install(name, incoming, createHash('sha256').update(content).digest('hex'));
    } finally {
      await incoming.discard();
    }
  };

  it('replaces nothing when the policy is already at both places', async () => {
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

  it('removes what an agent that was killed has left half written, at both places', async () => {
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

  it('leaves nothing half written when the policy cannot be moved into the store', async () => {
    mkdirSync(stored(firewall), { recursive: true });
    await expect(install(firewall, 'a')).rejects.toMatchObject({ name: 'GivcError' });
    expect(readdirSync(dirname(destination)).filter((name) => name.startsWith('.'))).toEqual([]);
    expect(readdirSync(dirname(stored(firewall)))).toEqual(['policy.bin']);
  });

  it('leaves nothing half written when the destination cannot be replaced', async () => {
    mkdirSync(destination, { recursive: true });
    await expect(install(firewall, 'a')).rejects.toMatchObject({ name: 'GivcError' });
    expect(readdirSync(dirname(destination))).toEqual(['rules.json']);
    expect(readdirSync(dirname(stored(firewall)))).toEqual([]);
  });

  it('refuses a policy with FAILED_PRECONDITION when the store is no folder', async () => {
    writeFileSync(storePath, '');
    await expect(installer.begin(firewall)).rejects.toMatchObject({
      reason: 'FAILED_PRECONDITION',
      message: expect.stringMatching(/^cannot make .*\/store\/firewall: /),
    });
  });

  it('installs two policies of one name one after the other, so that both places have the same', async () => {
    const both = [install(firewall, 'a'), install(firewall, 'b')];
    await Promise.all(both);
    expect(readFileSync(destination, 'utf8')).toBe(readFileSync(stored(firewall), 'utf8'));
  });

  it('goes on with the next policy after one that failed', async () => {
    mkdirSync(destination, { recursive: true });
    await expect(install(firewall, 'a')).rejects.toThrow();
    rmSync(destination, { recursive: true });
    expect(await install(firewall, 'b')).toBe(true);
    expect(readFileSync(destination, 'utf8')).toBe('b');
  });
});
