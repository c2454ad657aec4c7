// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

// Writes libs/rpc/src/generated from proto/: the TypeScript of every message and service, the descriptors for
// reflection, and the schemas of access control. With --schemas, it also writes the schemas to cedar/, where editors
// find them. The folder is replaced as a whole at the end, so the old one stays usable until then, even when this
// program is killed.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createFileRegistry, fromBinary, toBinary } from '@bufbuild/protobuf';
import { FileDescriptorProtoSchema, FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import { cedarSchema } from './cedar-schema.mjs';

const root = new URL('..', import.meta.url);
const bin = new URL('node_modules/.bin/', root);
const buf = (...args) =>
  execFileSync(new URL('buf', bin).pathname, args, {
    cwd: root,
    env: { ...process.env, PATH: `${bin.pathname}:${process.env.PATH}` },
    stdio: ['ignore', 'pipe', 'inherit'],
  });

const source = new URL('libs/rpc/src/', root);
const temporary = `.generated-${process.pid}`;
const output = new URL(`${temporary}/libs/rpc/src/generated/`, source);

const isAlive = (pid) => {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error.code === 'EPERM';
  }
};
for (const name of readdirSync(source))
  if (name.startsWith('.generated-') && !isAlive(Number(name.slice('.generated-'.length))))
    rmSync(new URL(name, source), { recursive: true });

mkdirSync(output, { recursive: true });
buf('generate', '--output', new URL(temporary, source).pathname);

/** Removes the interfaces of servers, which are types of grpc-js that nothing here uses. */
function withoutServers(text, name) {
  if (!text.includes('grpc-js')) return text;
  const left = text
    .replace(/^import type \{[^}]*\} from "@grpc\/grpc-js";\n/m, '')
    .replace(/^export interface \w+Server extends UntypedServiceImplementation \{[^}]*^\}\n/gm, '');
  if (/grpc-js|UntypedServiceImplementation|\bhandle\w+Call\b/.test(left))
    throw new Error(`${name}: the interfaces of servers look different: change withoutServers`);
  return left;
}
for (const entry of readdirSync(output, { recursive: true, withFileTypes: true }).filter((one) => one.isFile())) {
  const file = `${entry.parentPath}/${entry.name}`;
  writeFileSync(file, withoutServers(readFileSync(file, 'utf8'), entry.name));
}

const fileSet = fromBinary(
  FileDescriptorSetSchema,
  buf('build', '--exclude-source-info', '--as-file-descriptor-set', '-o', '-'),
);
const files = fileSet.file;

const symbols = {};
const messages = (scope, list, file) => {
  for (const message of list) {
    const name = `${scope}.${message.name}`;
    symbols[name] = file.name;
    for (const member of [...message.field, ...message.oneofDecl]) symbols[`${name}.${member.name}`] = file.name;
    messages(name, message.nestedType, file);
    enums(name, message.enumType, file);
  }
};
const enums = (scope, list, file) => {
  for (const one of list) {
    symbols[`${scope}.${one.name}`] = file.name;
    for (const value of one.value) symbols[`${scope}.${value.name}`] = file.name;
  }
};
for (const file of files) {
  messages(file.package, file.messageType, file);
  enums(file.package, file.enumType, file);
  for (const service of file.service) {
    symbols[`${file.package}.${service.name}`] = file.name;
    for (const method of service.method) symbols[`${file.package}.${service.name}.${method.name}`] = file.name;
  }
}

const table = Object.fromEntries(
  files.map((file) => [
    file.name,
    {
      imports: file.dependency,
      descriptor: Buffer.from(toBinary(FileDescriptorProtoSchema, file)).toString('base64'),
    },
  ]),
);

writeFileSync(
  new URL('descriptors.ts', output),
  `/* Made by scripts/generate.mjs from proto/. */
/** Every file of the contract, by its import path: a serialized google.protobuf.FileDescriptorProto in base64. */
export const files: Readonly<Record<string, { readonly imports: readonly string[]; readonly descriptor: string }>> =
  ${JSON.stringify(table, null, 2)};

/** The file that defines each fully qualified symbol. */
export const symbols: Readonly<Record<string, string>> = ${JSON.stringify(symbols, null, 2)};
`,
);

// Both daemons serve health, reflection, checks, the journal and resources.
const services = [...createFileRegistry(fileSet)].filter(({ kind }) => kind === 'service');
const isGeneral = ({ typeName }) => /^(grpc|doctor|journal|resources)\./.test(typeName);
const isAdmin = ({ typeName }) => /^(admin|report)\.|^history\.HistoryService$/.test(typeName);
const schemas = {
  admin: cedarSchema(
    'the admin',
    services.filter((service) => isGeneral(service) || isAdmin(service)),
  ),
  agent: cedarSchema(
    'an agent',
    services.filter((service) => isGeneral(service) || !isAdmin(service)),
  ),
};

writeFileSync(
  new URL('cedar-schemas.ts', output),
  `/* Made by scripts/generate.mjs from proto/. */
/** What each daemon asks its rules of access control, as schemas of Cedar. */
export const cedarSchemas: Readonly<Record<'admin' | 'agent', string>> = ${JSON.stringify(schemas, null, 2)};
`,
);

const generated = new URL('generated', source);
const replaced = new URL(`${temporary}/replaced`, source);
try {
  renameSync(generated, replaced);
} catch (error) {
  if (error.code !== 'ENOENT') throw error;
}
renameSync(new URL(`${temporary}/libs/rpc/src/generated`, source), generated);
rmSync(new URL(temporary, source), { recursive: true });

if (process.argv.includes('--schemas'))
  for (const [name, schema] of Object.entries(schemas))
    writeFileSync(new URL(`cedar/${name}.cedarschema`, root), schema);
