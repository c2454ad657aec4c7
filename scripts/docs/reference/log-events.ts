// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import type { Page } from '../page.js';
import { cell, code, table } from './tables.js';

interface LogEvent {
  readonly level: string;
  readonly message: string;
  readonly fields: readonly string[];
}

const levels = ['error', 'warn', 'info', 'debug'];

/** The texts that a message may have, with `…` for what differs; none when it is only known at run time. */
function textsOf(node: ts.Expression): readonly string[] {
  if (ts.isStringLiteralLike(node)) return [node.text];
  if (ts.isTemplateExpression(node))
    return [node.head.text + node.templateSpans.map(({ literal }) => `…${literal.text}`).join('')];
  if (ts.isConditionalExpression(node)) return [...textsOf(node.whenTrue), ...textsOf(node.whenFalse)];
  return [];
}

const fieldsOf = (node: ts.Expression | undefined): readonly string[] =>
  node && ts.isObjectLiteralExpression(node)
    ? node.properties.flatMap(({ name }) => (name && ts.isIdentifier(name) ? [name.text] : []))
    : [];

/** The events that the source of a file logs: calls of a method of `log` that is named like a level. */
export function eventsIn(file: string, source: string): readonly LogEvent[] {
  const events: LogEvent[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression)) {
      const { expression: log, name } = node.expression;
      const isLog = /(^|\.)log$/.test(log.getText());
      if (isLog && levels.includes(name.text))
        for (const message of textsOf(node.arguments[0]!))
          events.push({ level: name.text, message, fields: fieldsOf(node.arguments[1]) });
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(file, source, ts.ScriptTarget.Latest, true));
  return events;
}

function rowsOf(root: string, folder: string): readonly (readonly string[])[] {
  const events = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => /(?<!\.spec|\.fixture)\.ts$/.test(file) && !file.includes('generated/'))
    .flatMap((file) => eventsIn(file, readFileSync(join(root, folder, file), 'utf8')));
  const rows = events
    .map(({ level, message, fields }) => [code(level), cell(message), fields.map(code).join(' ')])
    .toSorted((a, b) => (a[1]! < b[1]! ? -1 : 1));
  return [...new Map(rows.map((row) => [row.join(), row])).values()];
}

/** What the daemons log, read from their sources. */
export function logPage(root: string): Page {
  const chapter = (title: string, folder: string) =>
    `## ${title}\n${table(['level', 'message', 'fields'], rowsOf(root, folder))}\n`;
  const text = `# Log events

Each line of [a log](../operations.md#logs) is one event: its message, then \`key=value\` for each field that is set.
A value is quoted as in JSON if it could be misread. Under journald the level is the priority of the line (\`error\` 3,
\`warn\` 4, \`info\` 6, \`debug\` 7); elsewhere the line begins with it. \`GIVC_LOG\` is the least important level that is
logged. \`…\` is text that differs, and some events have further fields. Messages may change with a release: programs
read the metrics, \`givc-cli ... --as-json\` or [the audit log](audit-records.md) instead.

${chapter('The admin', 'apps/admin/src')}
${chapter('An agent', 'apps/agent/src')}
${chapter('Both', 'libs')}`;
  return { file: 'docs/reference/log-events.md', text };
}
