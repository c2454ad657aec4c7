// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { Clause, Expr } from '@cedar-policy/cedar-wasm/nodejs';
import { invalid } from '@givc/model';
import type { ContextValue } from '../cedar/authorization-request.js';
import { loadCedar } from '../cedar/cedar.js';
import { callTypes, type RecordType } from './call-types.js';
import { UnknownField, isRecord, type PartialRecord, type PartialRequest } from './partial-request.js';

/**
 * The smallest rule that permits the request: one that permits no request with another source, command, module or
 * field. It leaves out fields that are unknown, and `service` unless that can have another value.
 */
export async function smallestRule({ source, command, module, context }: PartialRequest): Promise<string> {
  const types = (await callTypes()).filter((type) => type.module === module && type.command === command);
  const [type] = types;
  if (!type) throw invalid('rpc', `no daemon serves ${command} of ${module}`);
  const serviceOf = (path: string): string => path.slice(path.lastIndexOf('.') + 1, path.lastIndexOf('/'));
  const services = new Set(types.map(({ path }) => serviceOf(path)));
  const cedar = await loadCedar();
  const text = cedar.policyToText({
    effect: 'permit',
    principal: { op: '==', entity: { type: 'Source', id: source } },
    action: { op: '==', entity: { type: 'Action', id: command } },
    resource: { op: '==', entity: { type: 'Module', id: module } },
    conditions: [
      ...(services.size > 1 ? [when(equals(field(variable, 'service'), context['service'] as string))] : []),
      ...clausesOf(type.fields, context, variable),
    ],
  });
  if (text.type === 'failure') throw invalid('request', text.errors.map(({ message }) => message).join('; '));
  const formatted = cedar.formatPolicies({ policyText: text.text, lineWidth: 100, indentWidth: 2 });
  if (formatted.type === 'failure') throw invalid('request', formatted.errors.map(({ message }) => message).join('; '));
  // In strings, quotation marks are escaped, so this is the head.
  return formatted.formatted_policy.replace('action == Action::"', 'action == Command::"').trim();
}

const variable: Expr = { Var: 'context' };
const when = (body: Expr): Clause => ({ kind: 'when', body });
const field = (left: Expr, attr: string): Expr => ({ '.': { left, attr } });
const equals = (left: Expr, value: ContextValue): Expr =>
  Array.isArray(value) && value.length === 0 ? { isEmpty: { arg: left } } : { '==': { left, right: literal(value) } };

function literal(value: ContextValue): Expr {
  if (Array.isArray(value)) return { Set: value.map(literal) };
  if (typeof value !== 'object') return { Value: value };
  return { Record: Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, literal(inner)])) };
}

/** A clause for each known field of the record at `left`. */
function clausesOf(type: RecordType, record: PartialRecord, left: Expr): Clause[] {
  return [...type].flatMap(([name, { isOptional, fields }]) => {
    const value = record[name];
    const has: Expr = { has: { left, attr: name } };
    if (value instanceof UnknownField) return [];
    if (value === undefined) return [{ kind: 'unless' as const, body: has }];
    if (isRecord(value) && fields)
      return [...(isOptional ? [when(has)] : []), ...clausesOf(fields, value, field(left, name))];
    const isSame = equals(field(left, name), value as ContextValue);
    return [when(isOptional ? { '&&': { left: has, right: isSame } } : isSame)];
  });
}
