// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { parseResults } from '@givc/checks';
import { doctor } from '@givc/rpc';
import { requirePlain } from './engine/requirements.js';
import { sentBy } from './engine/sent.js';
import { target } from './engine/target.js';
import { messagesLike } from './engine/values.js';

const ok = { id: 'units', subject: 'web.service', state: 'ok', message: 'is installed', fix: '' };
const responses = messagesLike<doctor.RunChecksResponse>(
  [
    { results: [ok], time_ms: 1_764_200_000_000, version: '0.1.0' },
    { results: [{ ...ok, state: 'failure', fix: 'install it' }, ok], time_ms: 0, version: '' },
  ],
  ['ok', 'warning', 'failure', 'fatal'],
);

export const checkResults = target({
  name: 'check-results',
  parses: 'parseResults of libs/checks: what a daemon answers to RunChecks',
  input: responses,
  rejection: 'never',
  parse: (response) => parseResults(sentBy(doctor.RunChecksResponse)(response)?.results ?? []),
  accepted: (results, response) => {
    assert(results.length <= Math.min(200, response.results.length), `${results.length} results`);
    for (const { id, subject, state, message, fix } of results) {
      assert(['ok', 'warning', 'failure'].includes(state), `${state} is not a state`);
      assert(id.length <= 64 && subject.length <= 128 && message.length <= 256 && fix.length <= 256);
      for (const text of [id, subject, message, fix]) requirePlain(text);
    }
  },
});
