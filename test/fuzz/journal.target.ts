// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { journal } from '@givc/rpc';
import { ExportReader } from '../../apps/agent/src/journal/export-reader.js';
import { maxEntryBytes } from '../../apps/agent/src/journal/journal.js';
import { maxLines, parseReadJournalRequest } from '../../apps/agent/src/journal/journal-query.js';
import { chunksOf, cutsOf } from './engine/chunks.js';
import { requirePlain } from './engine/requirements.js';
import { sentBy } from './engine/sent.js';
import { target } from './engine/target.js';
import { bytesLike } from './engine/texts.js';
import { messagesLike } from './engine/values.js';

const request: journal.ReadJournalRequest = {
  ...{ vm: 'net-vm', units: ['web.service', 'chromium@0.service'], follow: false, lines: 10, priority: 4 },
  since: { $case: 'since_ms', value: 5 },
};

export const journalRequests = target({
  ...{ name: 'journal-requests', parses: 'parseReadJournalRequest of apps/agent' },
  input: messagesLike<journal.ReadJournalRequest>(
    [request, { ...request, follow: true, lines: 0, since: { $case: 'age_ms', value: 60_000 } }],
    ['web.service', '../x', '-u'],
  ),
  parse: (one) => {
    const sent = sentBy(journal.ReadJournalRequest)(one);
    return sent && parseReadJournalRequest(sent);
  },
  accepted: (query) => {
    if (!query) return;
    assert(query.units.length > 0 && query.units.length <= 64);
    for (const unit of query.units) requirePlain(unit);
    assert(query.lines >= (query.follow ? 0 : 1) && query.lines <= maxLines);
    assert((query.priority ?? 0) >= 0 && (query.priority ?? 7) <= 7);
  },
});

const entry = '__REALTIME_TIMESTAMP=1764200000000000\nPRIORITY=6\n_SYSTEMD_UNIT=web.service\nMESSAGE=ready\n\n';
const binary = 'MESSAGE\n\x05\0\0\0\0\0\0\0a\nb\xffc\n\n';
const seeds = [entry, `${entry}${binary}`, `_COMM=x\n${binary}${entry}`].map((text) => Buffer.from(text, 'latin1'));

/** The entries, up to bytes that cannot be of the format. */
function read({ bytes, cuts }: { readonly bytes: Buffer; readonly cuts: readonly number[] }): journal.Entry[] {
  const reader = new ExportReader();
  const entries: journal.Entry[] = [];
  try {
    for (const chunk of chunksOf(bytes, cuts)) entries.push(...reader.push(chunk));
  } catch (error) {
    assert.equal((error as Error).message, 'journalctl has not written the export format of journals');
    return [];
  }
  return entries;
}

export const journalExports = target({
  ...{ name: 'journal-exports', parses: 'ExportReader of apps/agent: what journalctl writes about programs' },
  input: fc.record({
    bytes: bytesLike(seeds, ['\n', '=', 'MESSAGE\n', '\xff\xff\xff\xff\xff\xff\xff\xff', 'a'.repeat(130)]),
    cuts: cutsOf(300),
  }),
  rejection: 'never',
  outputMax: Infinity,
  parse: read,
  accepted: (entries, { bytes }) => {
    assert.deepEqual(read({ bytes, cuts: [] }), entries, 'the cuts make a difference');
    for (const { fields, realtime_us: time } of entries) {
      const size = fields.reduce((sum, { value }) => sum + value.length, 0);
      assert(size <= Math.min(maxEntryBytes, bytes.length) && fields.length <= 32 && Number.isFinite(time));
    }
  },
});
