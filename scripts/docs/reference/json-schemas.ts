// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { JsonSchema } from '@givc/config';
import { schemas } from '../../configuration-schemas.js';
import type { Page } from '../page.js';
import { cell, code, table } from './tables.js';

interface Schema {
  readonly title?: string;
  readonly description?: string;
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly default?: unknown;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema;
  readonly oneOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
}

const alternatives = ({ oneOf = [], anyOf = [] }: Schema): readonly Schema[] => [...oneOf, ...anyOf];

function typeOf(schema: Schema): string {
  if (schema.const !== undefined) return code(JSON.stringify(schema.const));
  if (schema.enum) return schema.enum.map((one) => code(JSON.stringify(one))).join(', ');
  const types = schema.type === undefined ? alternatives(schema).map(typeOf) : [schema.type].flat();
  const named = types.filter((one) => one !== 'null' && one !== '');
  const isList = schema.items !== undefined && typeof schema.items === 'object' && named.includes('array');
  const names = isList ? [`list of ${typeOf(schema.items)}`] : named;
  return [...new Set(names)].join(' or ');
}

/** One row for each key, in order; keys of the entries of a list are below `[]`, those of free names below `NAME`. */
function rowsOf(schema: Schema, path = ''): readonly (readonly string[])[] {
  const { properties = {}, additionalProperties, items, required = [] } = schema;
  return [
    ...Object.entries(properties).flatMap(([key, value]) => {
      const own = path === '' ? key : `${path}.${key}`;
      const byDefault = value.default === undefined ? '' : code(JSON.stringify(value.default));
      const row = [
        code(own),
        typeOf(value),
        required.includes(key) ? 'required' : byDefault,
        cell(value.description ?? ''),
      ];
      return [row, ...rowsOf(value, own)];
    }),
    ...(items ? rowsOf(items, `${path}[]`) : []),
    ...(typeof additionalProperties === 'object' ? rowsOf(additionalProperties, `${path}.NAME`) : []),
    ...alternatives(schema).flatMap((one) => rowsOf(one, path)),
  ];
}

function schemaPage(name: string, schema: JsonSchema): Page {
  const { title, description = '' } = schema as unknown as Schema;
  const rows = rowsOf(schema);
  const text = `# ${title}: every key

${cell(description)} The same as a JSON Schema, for editors: [${code(name)}](../schema/${name}). A key of which one of
several forms is an object occurs once for each form.
${table(['key', 'type', 'default', 'what'], rows)}`;
  return { file: `docs/reference/${name.replace('.schema.json', '-file')}.md`, text };
}

/** A page for each schema of a configuration file. */
export const schemaPages = (): readonly Page[] =>
  Object.entries(schemas).map(([name, schema]) => schemaPage(name, schema));
