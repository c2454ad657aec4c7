// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import * as fc from 'fast-check';
import { cedarSchemas } from '@givc/rpc';
import type { AuthorizationRequest, ContextValue } from '../cedar/authorization-request.js';
import { loadCedar } from '../cedar/cedar.js';

interface Type {
  readonly type: string;
  readonly attributes?: Readonly<Record<string, Type>>;
  readonly element?: Type;
  readonly required?: boolean;
}

/** For tests: texts that are special to Cedar, to patterns and to terminals, without unpaired surrogates. */
export const hostileText = fc.oneof(
  fc.constantFrom(
    ...['', '"', '\\', '\\"', '*', 'a*', '\0', '\n', '\r\n', '\u2028', '\u202e', '\u{1f600}', '// x', '/* x */', '};'],
    ...['"; permit (principal, action, resource); //', 'action == Action::"', 'a" || true || "', '?principal', 'é'],
    ...['\\u{41}', 'A', 'a', 'net-vm', '__entity', '\ufeff', 'e\u0301', '\u0301', '\u{10ffff}'],
  ),
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.string({ maxLength: 12 }),
);

function valueOf({ type, attributes, element }: Type): fc.Arbitrary<ContextValue> {
  switch (type) {
    case 'String':
      return hostileText;
    case 'Long':
      return fc.oneof(fc.nat(8), fc.maxSafeInteger());
    case 'Bool':
      return fc.boolean();
    case 'Set':
      return fc.array(valueOf(element!), { maxLength: 3 });
    case 'Record':
      return recordOf(attributes!);
    default:
      throw new Error(`no values of type ${type}`);
  }
}

function recordOf(attributes: Readonly<Record<string, Type>>): fc.Arbitrary<Record<string, ContextValue>> {
  const values = Object.fromEntries(Object.entries(attributes).map(([name, type]) => [name, valueOf(type)]));
  const requiredKeys = Object.keys(attributes).filter((name) => attributes[name]!.required !== false);
  return fc.record(values, { requiredKeys });
}

interface Contract {
  readonly module: string;
  readonly command: string;
  readonly attributes: Readonly<Record<string, Type>>;
}

/** Every action of every module, with the attributes of its context except `service`. */
export async function readContract(): Promise<Contract[]> {
  const cedar = await loadCedar();
  return Object.values(cedarSchemas).flatMap((text) => {
    const answer = cedar.schemaToJsonWithResolvedTypes(text);
    if (answer.type === 'failure') throw new Error('a schema does not parse');
    return Object.entries(answer.json['']!.actions).flatMap(([command, { annotations, appliesTo }]) => {
      const attributes = { ...(appliesTo!.context as unknown as Type).attributes };
      delete attributes['service'];
      return annotations!['module']!.split(' ').map((module) => ({ module, command, attributes }));
    });
  });
}

/** Equal for Cedar: order and repetition in lists do not matter. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${[...new Set(value.map(canonical))].sort().join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const fields = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${fields.map(([name, inner]) => `${JSON.stringify(name)}:${canonical(inner)}`).join(',')}}`;
}

const similar = (text: string): fc.Arbitrary<string> =>
  fc.oneof(
    hostileText,
    fc.constantFrom(
      `${text}*`,
      `${text} `,
      `${text}\0`,
      text.toUpperCase(),
      text.normalize('NFD'),
      [...text].slice(1).join(''),
      '*',
    ),
  );

/** Records that differ from this one in one field: in its value, or in whether it is there. */
function otherRecord(
  record: Readonly<Record<string, ContextValue>>,
  attributes: Readonly<Record<string, Type>>,
): fc.Arbitrary<Record<string, ContextValue>> {
  return fc.constantFrom(...Object.keys(attributes)).chain((name) => {
    const type = attributes[name]!;
    const { [name]: value, ...rest } = record;
    const changed = (inner: ContextValue): Record<string, ContextValue> => ({ ...record, [name]: inner });
    const ways: fc.Arbitrary<Record<string, ContextValue>>[] = [valueOf(type).map(changed)];
    if (value !== undefined && type.required === false) ways.push(fc.constant(rest));
    if (typeof value === 'string') ways.push(similar(value).map(changed));
    if (value !== undefined && type.attributes)
      ways.push(otherRecord(value as Record<string, ContextValue>, type.attributes).map(changed));
    return fc.oneof(...ways);
  });
}

const texts = <Text>(known: readonly Text[]) => fc.oneof(fc.constantFrom(...known), hostileText);

/** Any call of the contract. */
export const calls = (contract: readonly Contract[]): fc.Arbitrary<AuthorizationRequest> =>
  fc
    .constantFrom(...contract)
    .chain(({ module, command, attributes }) =>
      fc
        .tuple(hostileText, recordOf(attributes))
        .map(([source, context]) => ({ source, module, command, context: { ...context, service: 'Service' } })),
    );

/** Calls that differ from this one in exactly one of its source, command, module and the fields of its request. */
export function others(contract: readonly Contract[], call: AuthorizationRequest): fc.Arbitrary<AuthorizationRequest> {
  const { source, command, module, context } = call;
  const { attributes } = contract.find((one) => one.module === module && one.command === command)!;
  const ways: fc.Arbitrary<AuthorizationRequest>[] = [
    similar(source).map((name) => ({ ...call, source: name })),
    texts(contract.map((one) => one.command)).map((name) => ({ ...call, command: name })),
    texts(contract.map((one) => one.module)).map((name) => ({ ...call, module: name })),
  ];
  if (Object.keys(attributes).length > 0)
    ways.push(
      otherRecord(context, attributes).map((other) => ({ ...call, context: { ...other, service: 'Service' } })),
    );
  const same = canonical(call);
  return fc.oneof(...ways).filter((one) => canonical(one) !== same);
}
