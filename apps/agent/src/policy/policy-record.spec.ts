// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Log } from '@givc/log';
import type { PolicyName } from '@givc/model';
import type { PolicyConfig } from './policy.config.js';
import { PolicyRecord } from './policy-record.js';

const [firewall, browser] = ['firewall', 'browser'] as PolicyName[] as [PolicyName, PolicyName];
const old = { sha256: 'aa', installed: '2026-01-01T00:00:00.000Z' };

describe('the record of policies', () => {
  let folder: string;
  let store: string;
  let path: string;
  let lines: string[];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'givc-policy-record-'));
    store = join(folder, 'store');
    path = join(store, 'policies.json');
    lines = [];
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const open = async (content?: string): Promise<PolicyRecord> => {
    if (content !== undefined) {
      mkdirSync(store, { recursive: true });
      writeFileSync(path, content);
    }
    const config = { storePath: store } as PolicyConfig;
    const record = new PolicyRecord(new Log('debug', (line) => lines.push(line), false), config);
    await record.onModuleInit();
    return record;
  };
  const written = () => JSON.parse(readFileSync(path, 'utf8')) as Record<string, typeof old>;

  it('is not written, and nothing is logged, until a policy is installed', async () => {
    const record = await open();
    expect([existsSync(store), lines]).toEqual([false, []]);
    await record.set(firewall, 'aa', true);
    expect(written()).toEqual({ firewall: { sha256: 'aa', installed: expect.stringMatching(/^2\d{3}-.*Z$/) } });
    expect(readFileSync(path, 'utf8')).toMatch(/^\{\n {2}"firewall": .*\}\n$/s);
  });

  it('keeps the entries of other policies', async () => {
    const record = await open(JSON.stringify({ firewall: old }));
    await record.set(browser, 'bb', true);
    expect(written()).toMatchObject({ firewall: old, browser: { sha256: 'bb' } });
  });

  it('is not written again for a policy that is installed and recorded', async () => {
    const record = await open(JSON.stringify({ firewall: old }));
    const before = statSync(path).ino;
    await record.set(firewall, 'aa', false);
    expect([statSync(path).ino, written()]).toEqual([before, { firewall: old }]);
  });

  it('records a new time for a policy that is installed again or was not recorded', async () => {
    const record = await open(JSON.stringify({ firewall: old }));
    await record.set(firewall, 'aa', true);
    expect(written()['firewall']!.installed).not.toBe(old.installed);
    await record.set(browser, 'bb', false);
    expect(written()['browser']).toMatchObject({ sha256: 'bb' });
    await record.set(firewall, 'cc', false);
    expect(written()['firewall']).toMatchObject({ sha256: 'cc' });
  });

  it('keeps the last accepted signature of a policy until another one is accepted', async () => {
    const signed = { sha256: 'aa', version: 2, timestamp: undefined };
    const record = await open(JSON.stringify({ firewall: old }));
    expect(record.accepted(firewall)).toBeUndefined();
    await record.set(firewall, 'aa', false, signed);
    expect(written()).toEqual({ firewall: { ...old, signed: { sha256: 'aa', version: 2 } } });
    await record.set(firewall, 'bb', true);
    expect((await open()).accepted(firewall)).toEqual(signed);
    await record.set(firewall, 'aa', false, { ...signed, version: 3 });
    expect((await open()).accepted(firewall)).toEqual({ ...signed, version: 3 });
  });

  it.each(['{', '{"../a":{"sha256":"aa","installed":"2026-01-01T00:00:00.000Z"}}', '{"a":{"sha256":"aa"}}'])(
    'is set aside and starts empty when it is %s',
    async (content) => {
      const record = await open(content);
      expect(lines).toEqual([expect.stringMatching(/^error: the record of policies cannot be read and is set aside/)]);
      expect([existsSync(path), readFileSync(`${path}.damaged`, 'utf8')]).toEqual([false, content]);
      await record.set(firewall, 'aa', true);
      expect(Object.keys(written())).toEqual(['firewall']);
    },
  );

  it('starts empty, with the reason in the log, when the damaged file cannot be set aside', async () => {
    mkdirSync(`${path}.damaged/in the way`, { recursive: true });
    const record = await open('{');
    expect(lines).toEqual([expect.stringMatching(/can neither be read nor set aside error=.* cause=".*EISDIR/)]);
    await record.set(firewall, 'aa', true);
    expect(Object.keys(written())).toEqual(['firewall']);
  });

  it('is written completely the next time after a failed write', async () => {
    const record = await open();
    mkdirSync(`${path}/in the way`, { recursive: true });
    await expect(record.set(firewall, 'aa', true)).rejects.toMatchObject({ reason: 'FAILED_PRECONDITION' });
    rmSync(path, { recursive: true });
    await record.set(browser, 'bb', true);
    expect(Object.keys(written())).toEqual(['firewall', 'browser']);
  });
});
