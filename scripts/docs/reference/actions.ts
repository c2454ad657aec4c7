// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { recordedRpcs } from '@givc/access';
import type { Page } from '../page.js';
import { code, table } from './tables.js';

const actionOf = /@module\("([^"]+)"\)\naction "(\w+)" appliesTo \{([^]*?)^\};/gm;

/** The fields of the context at its first level. */
const fieldsOf = (text: string): string =>
  [...text.matchAll(/^ {4}(\w+\??): (\w+<\{|\w+(?:<\w+>)?|\{)/gm)]
    .map(([, name, type]) => code(`${name}: ${type!.replace('<{', '<{…}>').replace(/^\{/, '{…}')}`))
    .join(' ');

/** The actions, modules and contexts that rules may name, from the schemas of Cedar. */
export function actionPage(root: string): Page {
  const chapter = (daemon: string, file: string) => {
    const schema = readFileSync(join(root, 'cedar', file), 'utf8');
    const rows = [...schema.matchAll(actionOf)].map(([, modules, action, body]) => [
      code(`Command::"${action}"`),
      modules!
        .split(' ')
        .map((module) => code(`Module::"${module}"`))
        .join(' '),
      fieldsOf(body!),
    ]);
    return `## ${daemon}\n${table(['action', 'resource', 'context'], rows)}\n`;
  };
  const text = `# Actions of Cedar rules

What the daemons ask their [Cedar rules](../access-control.md): the principal is \`Source::"NAME"\` of the caller, the
action names the rpc, and the resource its package. The context has the fields of the request, and \`service\`. A
field with \`?\` may be missing: test it with \`context has FIELD\`.

${chapter('Rules of the admin', 'admin.cedarschema')}
${chapter('Rules of an agent', 'agent.cedarschema')}`;
  return { file: 'docs/reference/cedar-actions.md', text };
}

/** The fields of a line, as `Audit` and `RejectionLimit` of libs/access write them. */
const lineFields: readonly (readonly [string, string])[] = [
  ['`time`', 'ISO 8601, UTC'],
  ['`peer`', 'the name in the certificate of the caller'],
  ['`address`', 'the address of the caller'],
  ['`rpc`', '`/package.Service/Method`; missing for a connection that was rejected before any call'],
  ['`request`', 'the recorded fields of the request, see below'],
  ['`answer`', 'the name of the gRPC status, or `TLS` for a rejected connection'],
  ['`ms`', 'the duration of the call in milliseconds'],
  ['`rule`', 'the Cedar rule that decided'],
  ['`reason`', 'why the call failed or was rejected'],
  ['`phase`', '`began` or `ended`: a change has two lines'],
  ['`call`', 'the number of the change, the same in both lines; begins with 1 at each start'],
  ['`suppressed`', 'the number of rejections of the caller that were not recorded before this one'],
  ['`suppressing`', 'true: the next rejections of the caller may not be recorded'],
];

/** What the audit log has about the calls of each rpc. */
export function recordPage(): Page {
  const kind = { open: 'change', noted: 'change, noted by its handler' } as const;
  const rows = Object.entries(recordedRpcs)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([rpc, { begins, fields }]) => [
      code(rpc),
      begins === undefined ? 'only rejections' : kind[begins],
      fields.map(code).join(' '),
    ]);
  const text = `# Records of the audit log

Each line of [the audit log](../operations.md#the-audit-log) is a JSON object.
[Access control](../access-control.md#what-is-recorded) describes it, and what is never recorded.

${table(['field', 'what'], lineFields)}
## What is recorded of each rpc
${table(['rpc', 'recorded', 'fields of the request'], rows)}`;
  return { file: 'docs/reference/audit-records.md', text };
}
