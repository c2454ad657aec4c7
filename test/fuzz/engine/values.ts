// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import fc from 'fast-check';
import { oddNumbers, oddTexts } from './odd.js';
import { texts } from './texts.js';

type Step = string | number;

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !ArrayBuffer.isView(value);

/** The maximum depth of a message or configuration. Deeper values, which may be nested endlessly, are not entered. */
const depthMax = 12;

/** The path of each place in a value. */
function placesOf(value: unknown, way: readonly Step[] = []): (readonly Step[])[] {
  if (!isObject(value) || way.length === depthMax) return [way];
  const entries: [Step, unknown][] = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
  return [way, ...entries.flatMap(([key, inner]) => placesOf(inner, [...way, key]))];
}

/** An object with these entries as own properties, even when a key is `__proto__`. */
const ofEntries = (entries: readonly (readonly [string, unknown])[]): object =>
  Object.defineProperties(
    {},
    Object.fromEntries(
      entries.map(([key, value]) => [key, { value, enumerable: true, writable: true, configurable: true }]),
    ),
  );

/** A copy in which `change` has replaced the value at the place. */
function changed(value: unknown, [step, ...rest]: readonly Step[], change: (old: unknown) => unknown): unknown {
  if (step === undefined) return change(value);
  if (Array.isArray(value))
    return value.map((item: unknown, index) => (index === step ? changed(item, rest, change) : item));
  return ofEntries(
    Object.entries(value as object).map(([key, inner]) => [key, key === step ? changed(inner, rest, change) : inner]),
  );
}

const withKey = (value: object, key: string, inner: unknown): object =>
  ofEntries([...Object.entries(value), [key, inner]]);

const nested = (depth: number): unknown => {
  let value: unknown = null;
  for (let at = 0; at < depth; at++) value = at % 2 ? [value] : { a: value };
  return value;
};

const anything: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(null, true, false, [], {}, ...oddNumbers, ...oddTexts),
  fc.string({ unit: 'binary' }),
  fc.jsonValue(),
  fc.nat(3_000).map(nested),
  fc.nat(3_000).map((length) => 'a'.repeat(length)),
);

interface Change {
  readonly place: number;
  readonly kind: 'replace' | 'add key' | 'rename key' | 'remove' | 'repeat';
  readonly key: string;
  readonly value: unknown;
  readonly times: number;
}

const last = <Item>(list: readonly Item[], place: number): Item => list[place % list.length]!;

function applied(value: unknown, { place, kind, key, value: other, times }: Change): unknown {
  const way = last(placesOf(value), place);
  return changed(value, way, (old) => {
    if (kind === 'replace' || !isObject(old)) return other;
    if (Array.isArray(old)) {
      if (kind === 'remove') return (old as unknown[]).slice(1);
      return kind === 'repeat'
        ? Array.from({ length: times }, () => old[0] as unknown)
        : [...(old as unknown[]), other];
    }
    const entries = Object.entries(old);
    if (kind === 'remove') return ofEntries(entries.slice(1));
    if (kind === 'rename key') return ofEntries([...entries.slice(1), [key, entries[0]?.[1]]]);
    if (kind === 'add key') return withKey(old, key, other);
    return ofEntries([...entries, ...Array.from({ length: times }, (_, n) => [`${key}${n}`, other] as const)]);
  });
}

const kinds = ['replace', 'add key', 'rename key', 'remove', 'repeat'] as const;

/**
 * Values of JSON similar to real ones, with keys and values in wrong places; `words` are strings with a meaning there.
 */
export const jsonLike = (seeds: readonly unknown[], words: readonly string[] = []): fc.Arbitrary<unknown> => {
  const change: fc.Arbitrary<Change> = fc.record({
    ...{ place: fc.nat(5_000), kind: fc.constantFrom(...kinds), times: fc.nat(40) },
    key: fc.oneof(fc.constantFrom(...words, ...oddTexts), fc.string({ unit: 'binary', maxLength: 200 })),
    value: fc.oneof(anything, fc.constantFrom<unknown>('', ...words)),
  });
  const near = fc
    .tuple(fc.constantFrom(...seeds), fc.array(change, { maxLength: 4 }))
    .map(([seed, changes]) => changes.reduce(applied, seed));
  return fc.oneof({ weight: 9, arbitrary: near }, { weight: 1, arbitrary: anything });
};

/** The same as text, which may also be invalid JSON. */
export const jsonTexts = (seeds: readonly unknown[], words: readonly string[] = []): fc.Arbitrary<string> =>
  fc.oneof(
    { weight: 2, arbitrary: jsonLike(seeds, words).map((value) => JSON.stringify(value)) },
    {
      weight: 1,
      arbitrary: texts(
        seeds.map((seed) => JSON.stringify(seed)),
        words,
      ),
    },
  );

/** Messages of the protocol similar to real ones: each value keeps its type. */
export function messagesLike<Message>(seeds: readonly Message[], words: readonly string[] = []): fc.Arbitrary<Message> {
  const strings = seeds.flatMap((seed) => stringsOf(seed));
  const change = fc.record({
    place: fc.nat(500),
    text: texts(['', ...words, ...strings], words),
    number: fc.oneof(fc.constantFrom(...oddNumbers), fc.integer()),
    times: fc.oneof(fc.nat(3), fc.nat(400)),
  });
  return fc.tuple(fc.constantFrom(...seeds), fc.array(change, { maxLength: 4 })).map(([seed, changes]) =>
    changes.reduce((message, { place, text, number, times }) => {
      const way = last(placesOf(message), place);
      return changed(message, way, (old) => {
        if (typeof old === 'string') return text;
        if (typeof old === 'number') return Math.trunc(number) % 2 ** 31;
        if (typeof old === 'boolean') return !old;
        if (Array.isArray(old))
          return Array.from({ length: times }, (_, at) => (old as unknown[])[at % old.length] ?? text);
        if (ArrayBuffer.isView(old)) return Buffer.from(text.repeat(times % 40));
        return old;
      }) as Message;
    }, seed),
  );
}

function stringsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return isObject(value) ? Object.values(value).flatMap(stringsOf) : [];
}
