// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Log } from '@givc/log';
import type { PolicyName } from '@givc/model';
import type { PoliciesConfig } from '../../apps/admin/src/policies/policies.config.js';
import { PolicyStore, type Origin } from '../../apps/admin/src/policies/policy-store.js';
import { withFolder } from './engine/folder.js';
import { requirePlain } from './engine/requirements.js';
import { target } from './engine/target.js';
import { jsonTexts } from './engine/values.js';

const name = 'firewall' as PolicyName;
/** The hash of `permit`, and that of an empty file. */
const sha256 = '85441a43c7cb9f242a5c20c6648026689c795ad4e8321e215bf68d48fc9a4b1c';
const other = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
const url = 'https://example.org/firewall.bin';
const origins = [
  { url, sha256 },
  { url, sha256, etag: '"abc"', lastModified: 'Thu, 01 Jan 2026 00:00:00 GMT', head: 'main' },
  { url, sha256, etag: null, head: '' },
  { url, sha256: other },
];
const words = [sha256, other, url, 'url', 'sha256', 'etag', 'lastModified', 'head', '__proto__', '"abc"'];
const bytesMax = 4_096;

/** The store of an admin that starts with these files, and the lines that it has logged. */
async function open(store: string): Promise<{ readonly policies: PolicyStore; readonly lines: readonly string[] }> {
  const lines: string[] = [];
  const log = new Log('debug', (line) => lines.push(line.trimEnd()), false);
  const config = { store, policies: new Map([[name, {}]]), maxBytes: 1_024 };
  const policies = new PolicyStore(log, config as unknown as PoliciesConfig);
  await policies.onModuleInit();
  return { policies, lines };
}

const optional = ['etag', 'lastModified', 'head'] as const;

/** The origin in the text by its documented form; undefined when it is not one. */
function originOf(text: string): Origin | undefined {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return undefined;
  const entries = new Map<string, unknown>(Object.entries(json));
  for (const key of optional) if ([null, ''].includes(entries.get(key) as string)) entries.delete(key);
  const isKnown = [...entries.keys()].every((key) => ['url', 'sha256', ...optional].includes(key));
  const hasTexts = [...entries.values()].every((value) => typeof value === 'string');
  if (!isKnown || !hasTexts || !entries.has('url') || !entries.has('sha256')) return undefined;
  return Object.fromEntries(entries) as unknown as Origin;
}

/** The origin with each known field, undefined where it is missing. */
const whole = (origin: Origin | undefined) =>
  origin && Object.fromEntries(['url', 'sha256', ...optional].map((key) => [key, Reflect.get(origin, key) as unknown]));

const next: Origin = {
  url: 'https://example.org/next',
  sha256,
  etag: '"\u202e\n"',
  lastModified: undefined,
  head: undefined,
};

export const policyOrigins = target({
  ...{
    name: 'policy-origins',
    parses: 'PolicyStore of apps/admin: origin.json, of an admin that ran before or damaged',
    rejection: 'never',
  },
  input: jsonTexts(origins, words),
  outputMax: Infinity,
  parse: (text) =>
    withFolder(async (store) => {
      const folder = join(store, 'data', 'vm-policies', name);
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, 'policy.bin'), 'permit');
      writeFileSync(join(folder, 'origin.json'), text);
      const { policies, lines } = await open(store);
      const found = await policies.origin(name);
      const before = [...lines];
      await policies.setOrigin(name, next);
      const later = await open(store);
      return { found, lines: before, later: await later.policies.origin(name), laterLines: later.lines };
    }),
  accepted: ({ found, lines, later, laterLines }, text) => {
    const bytes = Buffer.from(text);
    const stands = bytes.length > bytesMax ? undefined : originOf(bytes.toString());
    assert.deepEqual(whole(found), stands?.sha256 === sha256 ? whole(stands) : undefined);
    const isDamaged = bytes.length > 0 && bytes.length <= bytesMax && stands === undefined;
    assert.equal(lines.length, isDamaged ? 1 : 0, isDamaged ? 'damage is not logged' : 'what is whole is logged');
    for (const line of lines) {
      requirePlain(line, 'a line');
      assert(line.length <= 24_000, `a line has ${line.length} characters`);
    }
    assert.deepEqual(whole(later), whole(next), 'it cannot read what it has written');
    assert.deepEqual(laterLines, []);
  },
});
