// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import fc from 'fast-check';

// Messages of D-Bus and their bytes, written by the fuzzer's own encoder
// (https://dbus.freedesktop.org/doc/dbus-specification.html#message-protocol).

/** A type and a value of it: for an array all elements, for a variant the type and the value in it. */
export interface TypedValue {
  readonly type: string;
  readonly value: unknown;
}

export interface WrittenMessage {
  readonly isLittleEndian: boolean;
  readonly type: number;
  readonly serial: number;
  readonly fields: readonly (readonly [code: number, value: TypedValue])[];
  readonly body: readonly TypedValue[];
}

const text = fc.string({ unit: 'binary' }).map((made) => Buffer.from(made.replaceAll('\0', '')).toString());
const basics: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  y: fc.nat(255),
  b: fc.boolean(),
  n: fc.integer({ min: -(2 ** 15), max: 2 ** 15 - 1 }),
  q: fc.nat(2 ** 16 - 1),
  i: fc.integer(),
  u: fc.nat(2 ** 32 - 1),
  h: fc.nat(9),
  x: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  t: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  d: fc.double(),
  s: fc.oneof(text, fc.constantFrom('__proto__', 'constructor', 'web.service')),
  o: fc.constantFrom('/', '/org/freedesktop/systemd1/unit/web_2eservice'),
  g: fc.constantFrom('', 'a{sv}', '(ii)'),
};
const basicCodes = Object.keys(basics);

/** A tree of types: a type's code, and the types that it contains. */
interface TypeTree {
  readonly code: string;
  readonly within: readonly TypeTree[];
}

const basicTree = fc.constantFrom(...basicCodes).map((code): TypeTree => ({ code, within: [] }));
const { tree } = fc.letrec<{ tree: TypeTree }>((tie) => ({
  tree: fc.oneof(
    { depthSize: 'small' },
    basicTree,
    fc.constant<TypeTree>({ code: 'v', within: [] }),
    tie('tree').map((of): TypeTree => ({ code: 'a', within: [of] })),
    fc.array(tie('tree'), { minLength: 1, maxLength: 3 }).map((within): TypeTree => ({ code: '(', within })),
    fc.tuple(basicTree, tie('tree')).map((within): TypeTree => ({ code: 'a', within: [{ code: '{', within }] })),
  ),
}));

const signatureOf = ({ code, within }: TypeTree): string => {
  const inner = within.map(signatureOf).join('');
  return code === '(' ? `(${inner})` : code === '{' ? `{${inner}}` : code + inner;
};

function valueOf({ code, within }: TypeTree): fc.Arbitrary<unknown> {
  if (code === 'v') return basicTree.chain(typed);
  if (code === 'a') return fc.array(valueOf(within[0]!), { maxLength: 3 });
  return basics[code] ?? fc.tuple(...within.map(valueOf));
}

const typed = (of: TypeTree): fc.Arbitrary<TypedValue> =>
  valueOf(of).map((value) => ({ type: signatureOf(of), value }));

/** Signatures of zero, one or several types. */
export const signatures = fc.array(tree, { maxLength: 4 }).map((all) => all.map(signatureOf).join(''));

export const ofType = (type: string, value: unknown): TypedValue => ({ type, value });

/** Fields of a header whose values may have the wrong type. */
export const anyFields = fc.array(fc.tuple(fc.nat(10), tree.chain(typed)), { maxLength: 3 });

/** A message whose values have any types, in either byte order, with a field that no version knows. */
export const writtenMessages: fc.Arbitrary<WrittenMessage> = fc
  .record({
    isLittleEndian: fc.boolean(),
    type: fc.nat(255),
    serial: fc.nat(2 ** 32 - 1),
    member: fc.constantFrom('PropertiesChanged', 'JobRemoved', 'Ä'),
    replySerial: fc.option(fc.nat(2 ** 32 - 1)),
    unknown: fc.boolean(),
    body: fc.array(tree.chain(typed), { maxLength: 3 }),
  })
  .map(({ member, replySerial, unknown, body, ...fixed }) => ({
    ...fixed,
    body,
    fields: [
      [3, ofType('s', member)] as const,
      ...(replySerial === null ? [] : [[5, ofType('u', replySerial)] as const]),
      ...(unknown ? [[200, ofType('(us)', [7, 'later'])] as const] : []),
      [8, ofType('g', body.map(({ type }) => type).join(''))] as const,
    ],
  }));
