// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  parseId,
  parseLines,
  parseNotification,
  parseText,
  parseUnitStatus,
  parseWord,
  plainJson,
  quoted,
  type UnitName,
} from '@givc/model';
import { formatEvent } from '@givc/log';
import { stats as statsApi } from '@givc/rpc';
import { parseLogFilter } from '../../libs/log/src/log-filter.js';
import { parseStats, parseSysinfo } from '../../apps/admin/src/system/agent-answers.js';
import { plain, plainLines } from '../../apps/cli/src/output/plain-text.js';
import { cut, formatTable, widthOf } from '../../apps/cli/src/output/table.js';
import { requirePlain } from './engine/requirements.js';
import { sentBy } from './engine/sent.js';
import { target } from './engine/target.js';
import { texts } from './engine/texts.js';
import { messagesLike } from './engine/values.js';

const seeds = ['running', 'loaded', 'Network Manager', 'exit-code', 'a\nb\tc', '8f2c1a34-0000-4000-8000-1234567890ab'];
const input = texts(seeds);
const pump = { seeds, input: (text: string) => text };

export const peerText = target({
  ...{ name: 'peer-text', parses: 'parseText, parseLines, quoted and plainJson of libs/model', input, pump },
  rejection: 'never',
  parse: (text) => ({
    text: parseText(text, 256),
    lines: parseLines(text, 256),
    quoted: quoted(text),
    json: plainJson(text),
  }),
  accepted: (made, text) => {
    assert(made.text.length <= 256 && made.lines.length <= 256);
    requirePlain(made.text);
    for (const line of made.lines.split(/[\n\t]/)) requirePlain(line);
    if (/^[ -~]*$/.test(text)) assert.equal(made.text, text.slice(0, 256));
    requirePlain(made.quoted);
    requirePlain(made.json);
    assert.equal(JSON.parse(made.json), text);
    assert(made.quoted.length <= 700, `${made.quoted.length} characters are quoted`);
  },
});

export const words = target({
  ...{ name: 'state-words', parses: 'parseWord and parseId of libs/model', input, pump },
  parse: (text) => ({ id: parseId('BootId', text), word: parseWord('State', text) }),
  accepted: ({ id, word }, text) => {
    assert.deepEqual([id, word], [text, text]);
    assert(/^[\w-]*$/.test(word) && word.length <= 64 && !/^[-_]/.test(word), `${word} is not a word`);
  },
});

const status = {
  ...{ Name: 'web.service', Description: 'The web', LoadState: 'loaded', ActiveState: 'active', SubState: 'running' },
  ...{ Path: '/org/freedesktop/systemd1/unit/web_2eservice', FreezerState: 'running' },
};

export const unitStatus = target({
  ...{ name: 'unit-status', parses: 'parseUnitStatus of libs/model', input: messagesLike([status]), outputMax: 3_000 },
  parse: (message) => parseUnitStatus('State', 'web.service' as UnitName, message),
  accepted: (parsed) => {
    for (const text of Object.values({ ...parsed })) requirePlain(text);
    assert.equal(parsed.Name, 'web.service');
  },
});

const notification = { Event: 'Update', Title: 'New version', Urgency: 1, Icon: 'dialog', Message: 'Restart' };

export const notifications = target({
  ...{
    name: 'notifications',
    parses: 'parseNotification of libs/model',
    input: messagesLike([notification]),
    outputMax: 4 * 8_192 + 200,
  },
  parse: (message) => parseNotification('Notification.', message),
  accepted: (parsed, message) => {
    assert.deepEqual(parsed, message);
    assert([0, 1, 2].includes(parsed.Urgency), `urgency ${parsed.Urgency}`);
  },
});

const process = { Name: 'systemd', User: 0.5, Sys: 0.25, ResSetSize: 4_096 };
const processes = {
  CpuProcesses: [process],
  MemProcesses: [process],
  Total: 90,
  Running: 1,
  UserCycles: 1,
  SysCycles: 2,
  TotalCycles: 9,
};
const stats: statsApi.StatsResponse = { Memory: undefined, Load: undefined, Process: processes };

export const agentAnswers = target({
  ...{ name: 'agent-answers', parses: 'parseStats and parseSysinfo of apps/admin', rejection: 'never' },
  input: messagesLike<statsApi.StatsResponse>([stats]).map(
    (message) => sentBy(statsApi.StatsResponse)(message) ?? stats,
  ),
  outputMax: 2 * 256 * 400 + 1_000,
  parse: (message) => ({
    stats: parseStats(message),
    sysinfo: parseSysinfo({ GhafVersion: message.Process?.CpuProcesses[0]?.Name ?? '', SecureBoot: true }),
  }),
  accepted: (made) => {
    for (const { Name } of made.stats.Process?.CpuProcesses ?? []) requirePlain(Name);
    requirePlain(made.sysinfo.GhafVersion);
  },
});

const directives = ['info', 'givc=debug', 'warn,givc_admin=trace', 'givc-agent=off,hyper=info', 'INFO', 'givc=warning'];

export const logFilters = target({
  ...{
    name: 'log-filters',
    parses: 'parseLogFilter of libs/log: GIVC_LOG',
    input: texts(directives, ['givc', '=', ',', 'debug']),
  },
  rejection: 'never',
  pump: { seeds: directives, input: (text) => text },
  parse: (text) => parseLogFilter(text, 'givc-admin'),
  accepted: ({ level, unknown }, text) => {
    assert(['error', 'warn', 'info', 'debug'].includes(level), level);
    const given = text.split(',').filter((part) => part.trim() !== '');
    assert(unknown.length <= given.length, 'more is unknown than was given');
  },
});

export const logLines = target({
  ...{
    name: 'log-lines',
    parses: 'formatEvent of libs/log: the texts of peers in a line of the log',
    rejection: 'never',
  },
  input: fc.tuple(input, input, input),
  pump: { seeds, input: (text): [string, string, string] => [text, text, text] },
  parse: ([message, one, other]) => formatEvent(message, { one, other }),
  accepted: (line) => {
    assert(!/[\p{Cc}\p{Bidi_Control}\u2028\u2029]/u.test(line), `it is more than a line: ${JSON.stringify(line)}`);
    assert.match(line, / one=.* other=/su);
  },
});

const row = fc.array(input, { minLength: 3, maxLength: 3 });

export const tables = target({
  ...{
    name: 'tables',
    parses: 'plain, plainLines, cut and formatTable of apps/cli: what peers say on a terminal',
    rejection: 'never',
  },
  input: fc.record({ rows: fc.array(row, { maxLength: 4 }), width: fc.integer({ min: 1, max: 200 }) }),
  outputMax: Infinity,
  pump: { seeds, input: (text) => ({ rows: [[text, text, text]], width: 80 }) },
  parse: ({ rows, width }) => ({
    table: formatTable(['NAME', 'VM', 'TYPE'], rows, width),
    texts: rows.flat().map((text) => ({ line: plain(text), lines: plainLines(text), cut: cut(plain(text), width) })),
  }),
  accepted: ({ table, texts: made }, { rows, width }) => {
    const lines = table.split('\n');
    assert.equal(lines.length, rows.length + 2);
    for (const line of lines) {
      assert(!/[\p{Cc}\p{Bidi_Control}\u2028\u2029]/u.test(line), JSON.stringify(line));
      assert(widthOf(line) <= width, `${widthOf(line)} columns of ${width}`);
    }
    for (const one of made) {
      assert(!/[\p{Cc}\p{Bidi_Control}\u2028\u2029]/u.test(one.line), JSON.stringify(one.line));
      assert(!/(?![\n\t])[\p{Cc}\p{Bidi_Control}\u2028\u2029]/u.test(one.lines), JSON.stringify(one.lines));
      assert(widthOf(one.cut) <= width, `${widthOf(one.cut)} columns of ${width}`);
    }
  },
});
