// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import fc from 'fast-check';
import { oddTexts } from './odd.js';

/** A change of a text; offsets are taken modulo its length. */
type Edit =
  | { readonly kind: 'insert'; readonly at: number; readonly text: string }
  | { readonly kind: 'replace'; readonly at: number; readonly length: number; readonly text: string }
  | { readonly kind: 'repeat'; readonly at: number; readonly length: number; readonly times: number }
  | { readonly kind: 'cut'; readonly at: number }
  | { readonly kind: 'flip'; readonly at: number; readonly bit: number };

function edited(text: string, edit: Edit): string {
  const at = edit.at % (text.length + 1);
  switch (edit.kind) {
    case 'insert':
      return text.slice(0, at) + edit.text + text.slice(at);
    case 'replace':
      return text.slice(0, at) + edit.text + text.slice(at + edit.length);
    case 'repeat':
      return text.slice(0, at) + text.slice(at, at + edit.length).repeat(edit.times) + text.slice(at + edit.length);
    case 'cut':
      return text.slice(0, at);
    case 'flip':
      return at === text.length
        ? text
        : text.slice(0, at) + String.fromCharCode(text.charCodeAt(at) ^ (1 << edit.bit)) + text.slice(at + 1);
  }
}

const placeMax = 5_000;

const editsWith = (words: readonly string[]): fc.Arbitrary<Edit[]> => {
  const at = fc.nat(placeMax);
  const text = fc.oneof(fc.constantFrom(...words, ...oddTexts), fc.string({ unit: 'binary', maxLength: 3 }));
  const edit: fc.Arbitrary<Edit> = fc.oneof(
    fc.record({ kind: fc.constant('insert' as const), at, text }),
    fc.record({ kind: fc.constant('replace' as const), at, length: fc.nat(16), text }),
    fc.record({
      ...{ kind: fc.constant('repeat' as const), at, length: fc.integer({ min: 1, max: 40 }) },
      times: fc.oneof(fc.integer({ min: 0, max: 3 }), fc.nat(300)),
    }),
    fc.record({ kind: fc.constant('cut' as const), at }),
    fc.record({ kind: fc.constant('flip' as const), at, bit: fc.nat(7) }),
  );
  return fc.array(edit, { maxLength: 4 });
};

/** Texts similar to real ones (`seeds`), texts composed of parts of them (`words`), and arbitrary texts. */
export function texts(seeds: readonly string[], words: readonly string[] = []): fc.Arbitrary<string> {
  const near = fc
    .tuple(fc.constantFrom(...seeds), editsWith([...words, ...seeds.filter(({ length }) => length <= 40)]))
    .map(([seed, edits]) => edits.reduce(edited, seed));
  const joined = fc
    .array(fc.constantFrom(...seeds, ...words, ...oddTexts), { maxLength: 8 })
    .map((parts) => parts.join(''));
  const long = fc
    .tuple(fc.constantFrom(...words, ...oddTexts, 'a', '1'), fc.nat(9_000))
    .map(([part, times]) => part.repeat(times));
  return fc.oneof(
    { weight: 8, arbitrary: near },
    { weight: 3, arbitrary: joined },
    { weight: 2, arbitrary: fc.string({ unit: 'binary' }) },
    { weight: 1, arbitrary: fc.string() },
    { weight: 1, arbitrary: long },
  );
}

/** Like `texts`, for bytes. */
export const bytesLike = (seeds: readonly Uint8Array[], words: readonly string[] = []): fc.Arbitrary<Buffer> =>
  texts(
    seeds.map((seed) => Buffer.from(seed).toString('latin1')),
    words,
  ).map((text) => Buffer.from(text, 'latin1'));
