// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { history } from '@givc/rpc';
import { parseBootTimes } from '../../apps/admin/src/history/boot-times.js';
import { parseBootsOf, parseQuery, parseTime } from '../../apps/admin/src/history/history-requests.js';
import { formatLine, parseLine } from '../../apps/admin/src/history/stored-line.js';
import { requirePlain } from './engine/requirements.js';
import { sentBy } from './engine/sent.js';
import { target } from './engine/target.js';
import { jsonTexts, messagesLike } from './engine/values.js';

const unit = { service_type: 'Svc', starting_us: 5, active_us: 6, inactive_us: 0 };
const bootTimes: history.GetBootTimesResponse = {
  times: {
    ...{ now_us: 9, virtualization: 'kvm', initrd_us: 1, userspace_us: 2, finish_us: 8, session_us: 0 },
    ...{ agent_us: 4, is_container: false, session_finish_us: 0 },
    units: [
      { ...unit, name: 'web.service', after: ['network.target', 'basic.target'] },
      { ...unit, name: 'db.service', after: [] },
    ],
  },
};

export const bootTimesOfAgents = target({
  ...{ name: 'boot-times', parses: 'parseBootTimes of apps/admin: what an agent answers to GetBootTimes' },
  input: messagesLike<history.GetBootTimesResponse>([bootTimes, { times: undefined }], ['web.service', 'a/b', '']),
  rejection: { reasons: ['INTERNAL', 'INVALID_ARGUMENT'] },
  parse: (response) => parseBootTimes(sentBy(history.GetBootTimesResponse)(response) ?? { times: undefined }),
  accepted: ({ units, virtualization }, response) => {
    requirePlain(virtualization);
    assert(units.length <= Math.min(250, response.times?.units.length ?? 0), `${units.length} units`);
    for (const { name, service_type: type, after } of units) {
      assert(after.length <= 32, `${after.length} units before it`);
      for (const text of [name, type, ...after]) requirePlain(text);
    }
  },
});

const query: history.QueryHistoryRequest = {
  ...{ vm: 'net-vm', unit: 'web.service', since_ms: 5, until_ms: undefined, last: 10, follow: false },
  trace_id: '4bf92f3577b34da6a3ce929d0e0e4736',
};

export const historyRequests = target({
  ...{ name: 'history-requests', parses: 'parseQuery, parseTime and parseBootsOf of apps/admin' },
  input: messagesLike<history.QueryHistoryRequest>(
    [query, { ...query, vm: '', unit: '', since_ms: undefined, last: 0 }],
    ['net-vm', 'chromium@0.service'],
  ),
  parse: (request) => {
    const sent = sentBy(history.QueryHistoryRequest)(request);
    if (!sent) return undefined;
    parseTime({ time_ms: sent.since_ms ?? 0 });
    return { ...parseQuery(sent), bootsOf: parseBootsOf({ vm: sent.vm }) };
  },
  accepted: (parsed) => {
    if (!parsed) return;
    assert.equal(parsed.bootsOf, parsed.vm);
    assert((parsed.unit?.length ?? 1) > 0 && (parsed.unit?.length ?? 0) <= 256);
    assert(parsed.last > 0 && parsed.since >= 0 && parsed.until >= 0);
  },
});

const named = { number: 3, time: 1_764_200_000_000, vm: 'net-vm', unit: 'web.service' };
const lines = [
  { kind: 'segment', number: 1, time: 5, units: 2 },
  { kind: 'status', ...named, state: 'failed', description: 'Web', ending: { result: 'exit-code', status: 1 } },
  { kind: 'command', ...named, caller: 'gui-vm', method: 'StartService', answer: 'OK', ms: 5 },
  { kind: 'started', number: 1, time: 5, version: '0.1.0' },
];

export const historyLines = target({
  ...{ name: 'history-lines', parses: 'parseLine of apps/admin: a line of the history, of any version or damaged' },
  input: jsonTexts(lines, ['kind', 'status', 'constructor', '__proto__', 'ending']),
  rejection: 'never',
  outputMax: Infinity,
  parse: parseLine,
  accepted: (line) => {
    if (!line) return;
    assert.deepEqual(parseLine(formatLine(line)), line, 'it cannot read what it has written');
  },
});
