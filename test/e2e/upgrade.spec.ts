// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Log } from '@givc/log';
import { parsePolicyName } from '@givc/model';
import { formatSnapshot, parseSnapshot } from '../../apps/admin/src/persistence/registry-snapshot.js';
import { PolicyRecord } from '../../apps/agent/src/policy/policy-record.js';
import { PolicyConfig } from '../../apps/agent/src/policy/policy.config.js';

/** The files that each release with a changed file format has left behind. */
const releases = readdirSync('test/state').sort();
const path = (release: string, file: string) => join('test/state', release, file);
const read = (release: string, file: string) => readFileSync(path(release, file), 'utf8');

describe('the state of another release', () => {
  let folder: string;
  let lines: string[];
  const record = async (): Promise<PolicyRecord> => {
    const config = new PolicyConfig({ enable: true, storePath: folder, policies: {} } as never);
    const made = new PolicyRecord(new Log('info', (line) => lines.push(line.trimEnd()), false), config);
    await made.onModuleInit();
    return made;
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'givc-upgrade-'));
    lines = [];
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it.each(releases)('is the registry of an admin of %s, which is read as a whole', (release) => {
    const { entries, hostName, warnings } = parseSnapshot(JSON.parse(read(release, 'registry.json')));
    expect(warnings).toEqual([]);
    expect(hostName).toBe('host');
    expect(entries.map(({ unit }) => unit)).toEqual(['givc-net-vm.service', 'web.service', 'microvm@net-vm.service']);
  });

  it('is written as by the newest of these releases, so that the release before can read it', () => {
    const newest = read(releases.at(-1)!, 'registry.json');
    expect(formatSnapshot(parseSnapshot(JSON.parse(newest)))).toBe(newest);
  });

  it.each(releases)('is the record of policies of an agent of %s, which knows the last signed one', async (release) => {
    cpSync(path(release, 'policies.json'), join(folder, 'policies.json'));
    const accepted = (await record()).accepted(parsePolicyName('name', 'firewall'));
    expect(lines).toEqual([]);
    expect(accepted).toMatchObject({ version: 7 });
  });

  it('is set aside and logged when it is a record of policies that a newer agent has written in another format', async () => {
    const newer = '{"format":2,"policies":[{"name":"firewall"}]}';
    writeFileSync(join(folder, 'policies.json'), newer);
    const old = await record();
    const aside = join(folder, 'policies.json.damaged');
    expect(lines).toEqual([
      expect.stringMatching(`^error: the record of policies cannot be read and is set aside aside=${aside} `),
    ]);
    expect(readFileSync(aside, 'utf8')).toBe(newer);
    await old.set(parsePolicyName('name', 'firewall'), 'a'.repeat(64), true);
    expect(existsSync(join(folder, 'policies.json'))).toBe(true);
    lines.length = 0;
    // The newer release runs again, and finds a record in a format that it knows.
    await record();
    expect(lines).toEqual([]);
  });
});
