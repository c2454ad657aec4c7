// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

// The questions that a daemon asks of its rules, as a schema of Cedar
// (https://docs.cedarpolicy.com/schema/human-readable-schema.html).
import { ScalarType } from '@bufbuild/protobuf';

const head = (who) => `// What ${who} asks its rules, for editors and for givc-cli policy check. Made from proto/ by
// npm run generate -- --schemas
//
// Rules name an rpc Command::"StartVM"; here, and within Cedar, it is Action::"StartVM". Both may be written in rules.
// @module says where the rpc is at home: the resource is Module::"admin" for every rpc of package admin.

entity Source;
`;

/**
 * The type of a value in the context, as questionOf of libs/access makes it; undefined for values that Cedar does not
 * have.
 */
function typeOf(field, kind, indent) {
  if (kind === 'enum') return 'Long';
  if (kind === 'message') return record(fieldsOf(field.message, indent), indent);
  switch (field.scalar) {
    case ScalarType.STRING:
    case ScalarType.BYTES:
      return 'String';
    case ScalarType.BOOL:
      return 'Bool';
    case ScalarType.FLOAT:
    case ScalarType.DOUBLE:
      return undefined;
    default:
      return 'Long';
  }
}

function fieldsOf(message, indent) {
  const fields = new Map();
  for (const field of message.fields) {
    if (field.fieldKind === 'map') throw new Error(`${message.typeName}.${field.name}: a map has no type in Cedar`);
    const isList = field.fieldKind === 'list';
    const type = typeOf(field, isList ? field.listKind : field.fieldKind, `${indent}  `);
    const isOptional = field.fieldKind === 'message' || field.oneof !== undefined || field.proto.proto3Optional;
    if (type) fields.set(field.name, { type: isList ? `Set<${type}>` : type, isOptional: isOptional && !isList });
  }
  return fields;
}

const record = (fields, indent) =>
  `{\n${[...fields].map(([name, { type, isOptional }]) => `${indent}  ${name}${isOptional ? '?' : ''}: ${type},\n`).join('')}${indent}}`;

const contextOf = (method) =>
  new Map([
    ...(/^(client|bidi)/.test(method.methodKind) ? [] : fieldsOf(method.input, '  ')),
    ['service', { type: 'String', isOptional: false }],
  ]);

/** The union of the contexts of two rpcs with the same name: fields that only one of them has are optional. */
function merge(name, one, other) {
  const both = new Map();
  for (const field of [...one.keys(), ...other.keys()]) {
    const [a, b] = [one.get(field), other.get(field)];
    if (a && b && a.type !== b.type) throw new Error(`${name}: two rpcs have this name, and ${field} in two types`);
    both.set(field, { ...(a ?? b), isOptional: !a || !b || a.isOptional || b.isOptional });
  }
  return both;
}

/** All versions of reflection are one module. */
const moduleOf = (service) => service.file.proto.package.replace(/^grpc\.reflection\..*$/, 'grpc');

/** The schema of a daemon that serves `services` (descriptors of @bufbuild/protobuf). */
export function cedarSchema(who, services) {
  const actions = new Map();
  for (const service of services.toSorted((a, b) => (a.typeName < b.typeName ? -1 : 1))) {
    for (const method of service.methods) {
      const { modules = new Set(), context } = actions.get(method.name) ?? {};
      const own = contextOf(method);
      actions.set(method.name, {
        modules: modules.add(moduleOf(service)),
        context: context ? merge(method.name, context, own) : own,
      });
    }
  }
  const modules = [...new Set(services.map(moduleOf))].sort();
  return [
    head(who),
    `entity Module enum [${modules.map((module) => JSON.stringify(module)).join(', ')}];\n`,
    ...[...actions].map(
      ([name, { modules, context }]) =>
        `\n@module("${[...modules].join(' ')}")\naction "${name}" appliesTo {\n` +
        `  principal: Source,\n  resource: Module,\n  context: ${record(context, '  ')},\n};\n`,
    ),
  ].join('');
}
