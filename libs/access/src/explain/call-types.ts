// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { SchemaJson } from '@cedar-policy/cedar-wasm/nodejs';
import { cedarSchemas, services, type Rpc } from '@givc/rpc';
import { authorizationRequest } from '../cedar/authorization-request.js';
import { loadCedar } from '../cedar/cedar.js';

/** The fields of a record of the context, by name, in the order of the contract. */
export type RecordType = ReadonlyMap<string, FieldType>;

export interface FieldType {
  /** Rules have to ask `context has Field` first. */
  readonly isOptional: boolean;
  /** The fields of a message; undefined for any other value. */
  readonly fields?: RecordType | undefined;
}

/** What rules are asked about a call of an rpc. */
export interface CallType {
  /** `/package.Service/Method` */
  readonly path: string;
  readonly module: string;
  readonly command: string;
  /** The context without `service`. */
  readonly fields: RecordType;
  /** The daemons that serve the rpc. */
  readonly daemons: readonly Daemon[];
}

/** A daemon that has rules. */
export type Daemon = keyof typeof cedarSchemas;

type CedarType = SchemaJson<string>[string]['actions'][string]['appliesTo'] extends infer Applies
  ? NonNullable<NonNullable<Applies> extends { context?: infer Context } ? Context : never>
  : never;

function recordType(type: CedarType | undefined): RecordType | undefined {
  if (!type || !('attributes' in type)) return undefined;
  const attributes = Object.entries(type.attributes as Record<string, CedarType & { readonly required?: boolean }>);
  return new Map(
    attributes.map(([name, field]) => [name, { isOptional: field.required === false, fields: recordType(field) }]),
  );
}

type Contexts = ReadonlyMap<string, { readonly fields: RecordType; readonly daemons: readonly Daemon[] }>;

/** The context of each action of each module. */
async function readContexts(): Promise<Contexts> {
  const cedar = await loadCedar();
  const contexts = new Map<string, { readonly fields: RecordType; readonly daemons: readonly Daemon[] }>();
  for (const [daemon, text] of Object.entries(cedarSchemas) as [Daemon, string][]) {
    const answer = cedar.schemaToJsonWithResolvedTypes(text);
    if (answer.type === 'failure') throw new Error(`the schema of the ${daemon} does not parse`);
    for (const [action, { appliesTo, annotations }] of Object.entries(answer.json['']!.actions))
      for (const module of annotations!['module']!.split(' ')) {
        const key = `${module} ${action}`;
        const fields = new Map(recordType(appliesTo!.context));
        fields.delete('service');
        contexts.set(key, { fields, daemons: [...(contexts.get(key)?.daemons ?? []), daemon] });
      }
  }
  return contexts;
}

let known: Promise<readonly CallType[]> | undefined;

/** Every rpc of the contract, in its order. The first call loads Cedar. */
export function callTypes(): Promise<readonly CallType[]> {
  return (known ??= readContexts().then((contexts) =>
    Object.values(services)
      .flatMap((methods) => Object.values(methods) as Rpc<unknown, unknown>[])
      .flatMap(({ path }) => {
        const { module, command } = authorizationRequest('', path, undefined);
        const context = contexts.get(`${module} ${command}`);
        return context ? [{ path, module, command, ...context }] : [];
      }),
  ));
}

/** The type of the calls of `path`; undefined for an rpc that no daemon serves. */
export const callTypeOf = async (path: string): Promise<CallType | undefined> =>
  (await callTypes()).find((type) => type.path === path);
