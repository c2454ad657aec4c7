// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import * as z from 'zod/mini';
import { GivcError, invalid, messageOf } from '@givc/model';

type Lenient<Schema extends z.ZodMiniType> = z.ZodMiniType<z.output<Schema>, z.input<Schema> | null | undefined>;

/** What the JSON Schema of a value has in addition to what follows from its type. */
interface Annotation {
  readonly description?: string;
  readonly default?: unknown;
  /** Whether it may be missing, null or empty, which all mean the default. */
  readonly isLenient?: boolean;
  /** Further schemas of a union. */
  readonly alternatives?: readonly object[];
  readonly [keyword: string]: unknown;
}

/** The annotations of schemas, from which `jsonSchemaOf` makes a JSON Schema. */
export const annotations = z.registry<Annotation>();

/** A schema that is described in the JSON Schema, where editors and people read it; the parser does not change. */
export function described<Schema extends z.ZodMiniType>(
  schema: Schema,
  description: string,
  annotation: Annotation = {},
): Schema {
  const copy = z.clone(schema, undefined, { parent: true });
  annotations.add(copy, { ...annotation, description });
  return copy;
}

const lenient = <Schema>(schema: z.ZodMiniType, value?: unknown): Schema => {
  annotations.add(schema, { isLenient: true, ...(value !== undefined && { default: value }) });
  return schema as never;
};

/** The value that modules of Nix write for an option that is not set. */
export const isUnset = (input: unknown): boolean => input === null || input === undefined || input === '';

/** `null`, an empty string and a missing key all mean the default, which is checked like a given value. */
export const defaulted = <Schema extends z.ZodMiniType>(schema: Schema, value: unknown): Lenient<Schema> =>
  lenient(
    z.pipe(
      z.transform((input: unknown) => (isUnset(input) ? value : input)),
      schema,
    ),
    value,
  );

/** `null`, an empty string and a missing key all mean undefined. */
export const absent = <Schema extends z.ZodMiniType>(schema: Schema): Lenient<z.ZodMiniOptional<Schema>> =>
  lenient(
    z.pipe(
      z.transform((input: unknown) => (isUnset(input) ? undefined : input)),
      z.optional(schema),
    ),
  );

/** An array from which `parseConfig` may leave out entries; empty when it is missing. */
export const entries = <Schema extends z.ZodMiniType>(schema: Schema) =>
  defaulted(
    z.pipe(
      z.array(z.optional(schema)),
      z.transform((list) => list.filter((entry) => entry !== undefined) as z.output<Schema>[]),
    ),
    [],
  );

/** The error of a parser that was called with the field `''`, and the key below its value that is wrong. */
function mistakeOf(error: unknown): { readonly path: string[]; readonly message: string } {
  const [given, ...path] = (error instanceof GivcError ? error.field?.split('.') : undefined) ?? [];
  return error instanceof GivcError && given === ''
    ? { path, message: error.problem }
    : { path: [], message: messageOf(error) };
}

/**
 * A value that a parser turns into its domain type; an error of the parser is the mistake. The error of a parser of
 * several keys has as `field` the wrong key below the given `field`: `.port`.
 */
export const parsed = <Schema extends z.ZodMiniType, Value>(
  schema: Schema,
  parse: (field: string, value: z.output<Schema>) => Value,
) =>
  z.pipe(
    schema,
    z.transform((input: z.output<Schema>, context): Value => {
      try {
        return parse('', input);
      } catch (error) {
        context.issues.push({ code: 'custom', ...mistakeOf(error), input });
        return z.NEVER;
      }
    }),
  );

/** A whole number with these bounds, as a `what` in a `unit`. */
export function wholeNumber(min: number, max: number, { what = 'number', unit = '' } = {}) {
  const schema = parsed(z.number(), (field, value) => {
    if (!Number.isInteger(value) || value < min || value > max)
      throw invalid(field, `invalid ${what} ${value}: expected ${min}-${max}${unit && ` ${unit}`}`);
    return value;
  });
  annotations.add(schema, { type: 'integer', minimum: min, maximum: max });
  return schema;
}

/**
 * Whether a JSON value has a non-empty array or object at this path, even one that is left out for a mistake: an empty
 * one has its own warning.
 */
export function hasEntries(json: unknown, ...path: readonly string[]): boolean {
  const value = path.reduce<unknown>((node, key) => (node as Record<string, unknown> | null | undefined)?.[key], json);
  return typeof value === 'object' && value !== null && Object.keys(value).length > 0;
}
