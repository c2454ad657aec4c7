// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import * as z from 'zod/mini';
import { annotations } from './schema.js';

export type JsonSchema = Record<string, unknown>;

/** A value of this schema may also be null or empty: modules of Nix write that for an option that is not set. */
function allowUnset(schema: JsonSchema): void {
  if (typeof schema['type'] === 'string') {
    const { type } = schema;
    schema['type'] = type === 'string' ? ['string', 'null'] : [type, 'string', 'null'];
    if (type !== 'string') schema['maxLength'] = 0;
    if (schema['enum']) schema['enum'] = [...(schema['enum'] as unknown[]), '', null];
    if (schema['pattern']) schema['pattern'] = `^$|${schema['pattern'] as string}`;
    return;
  }
  const alternatives = schema['oneOf'] ? 'oneOf' : 'anyOf';
  const given = schema[alternatives] as JsonSchema[] | undefined;
  if (given) schema[alternatives] = [...given, { type: 'null' }, { const: '' }];
}

const isEmpty = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && Object.keys(value).length === 0;

const isLenient = (schema: z.core.$ZodType): boolean => annotations.get(schema)?.isLenient === true;

/** Also a parsed value that may be missing. */
const mayBeMissing = (schema: z.core.$ZodType): boolean =>
  isLenient(schema) || (schema instanceof z.ZodMiniPipe && mayBeMissing(schema.def.in));

/** The keys of an object that must be there. */
const requiredKeys = ({ shape }: z.ZodMiniObject): string[] =>
  Object.keys(shape).filter((key) => !mayBeMissing(shape[key]!));

/**
 * The JSON Schema (draft 2020-12) of what a configuration may contain. What `parseConfig` reports, an unknown key for
 * example, does not match it; of some texts it describes the form less exactly than their parsers check it.
 */
export function jsonSchemaOf(schema: z.ZodMiniType, head: { readonly title: string; readonly description: string }) {
  const made = z.toJSONSchema(schema, {
    io: 'input',
    metadata: annotations as never,
    override({ zodSchema, jsonSchema }) {
      const json = jsonSchema as JsonSchema;
      // zod leaves out the default of a value that is parsed.
      Object.assign(json, annotations.get(zodSchema));
      delete json['isLenient'];
      const { alternatives } = json;
      if (alternatives) json['oneOf'] = [...(json['oneOf'] as JsonSchema[]), ...(alternatives as JsonSchema[])];
      delete json['alternatives'];
      if (zodSchema instanceof z.ZodMiniObject) {
        const required = requiredKeys(zodSchema);
        delete json['required'];
        if (required.length > 0) json['required'] = required;
      }
      if (isLenient(zodSchema)) allowUnset(json);
      if (isEmpty(json['default'])) delete json['default'];
    },
  }) as JsonSchema;
  const { $schema, ...rest } = made;
  return { $schema, ...head, ...rest };
}
