// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { createFileRegistry, fromBinary, type DescEnum, type DescField, type DescFile } from '@bufbuild/protobuf';
import type { DescMessage, DescMethod, DescService } from '@bufbuild/protobuf';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import GithubSlugger from 'github-slugger';
import type { Page } from '../page.js';
import { cell, code, table } from './tables.js';

type Path = readonly number[];

/** The comments of a file, by the paths of https://protobuf.dev/reference/protobuf/google.protobuf/#source-code-info. */
function commentsOf(file: DescFile): (...path: Path) => string {
  const comments = new Map(
    (file.proto.sourceCodeInfo?.location ?? []).map((one) => [
      one.path.join('.'),
      `${one.leadingComments}${one.trailingComments}`,
    ]),
  );
  return (...path) => (comments.get(path.join('.')) ?? '').trim();
}
type Comment = ReturnType<typeof commentsOf>;

/** The numbers of the fields of descriptors, of which paths consist. */
const ofFile = { message: 4, enum: 5, service: 6 };
const ofMessage = { field: 2, message: 3, enum: 4 };
const [ofEnumValue, ofServiceMethod] = [2, 2];

const pageOf = (file: DescFile): string => `${basename(file.proto.name, '.proto')}.md`;
/** The name of a type without its package: `Outer.Inner`. */
const shortName = ({ typeName, file }: DescMessage | DescEnum): string => typeName.slice(file.proto.package.length + 1);

/** Files of gRPC and Google have no page: their own projects document them. */
const isOurs = ({ proto }: DescFile): boolean => !/^(grpc|google)\//.test(proto.name);

/** A link to a type; only its name if it has no page. */
function typeLink(type: DescMessage | DescEnum): string {
  if (!isOurs(type.file)) return code(type.typeName);
  return `[${code(shortName(type))}](${pageOf(type.file)}#${new GithubSlugger().slug(shortName(type))})`;
}

const scalars = ['', 'double', 'float', 'int64', 'uint64', 'int32', 'fixed64', 'fixed32', 'bool', 'string'];
const moreScalars: Readonly<Record<number, string>> = { 12: 'bytes', 13: 'uint32', 15: 'sfixed32', 16: 'sfixed64' };

function typeOf(field: DescField): string {
  if (field.fieldKind === 'map') return code('map');
  const type = field.message ?? field.enum;
  const name = type ? typeLink(type) : code(scalars[field.scalar!] ?? moreScalars[field.scalar!] ?? 'sint');
  if (field.fieldKind === 'list') return `repeated ${name}`;
  if (field.oneof) return `${name}, one of ${code(field.oneof.name)}`;
  return field.proto.proto3Optional ? `optional ${name}` : name;
}

function serviceText(service: DescService, at: number, comment: Comment): string {
  const streams = (isStream: boolean, type: DescMessage) => `${isStream ? 'stream ' : ''}${typeLink(type)}`;
  const row = (method: DescMethod, index: number) => [
    code(method.name),
    streams(method.proto.clientStreaming, method.input),
    streams(method.proto.serverStreaming, method.output),
    cell(comment(ofFile.service, at, ofServiceMethod, index)),
  ];
  return `## ${service.name}\n\n${cell(comment(ofFile.service, at))}\n${table(
    ['rpc', 'request', 'response', 'what'],
    service.methods.map(row),
  )}\n`;
}

function enumText(one: DescEnum, path: Path, comment: Comment): string {
  const rows = one.values.map((value, index) => [
    code(value.name),
    String(value.number),
    cell(comment(...path, ofEnumValue, index)),
  ]);
  return `### ${shortName(one)}\n\n${cell(comment(...path))}\n${table(['value', 'number', 'what'], rows)}\n`;
}

function messageText(message: DescMessage, path: Path, comment: Comment): string {
  const rows = message.fields.map((field) => [
    code(field.name),
    typeOf(field),
    String(field.number),
    cell(comment(...path, ofMessage.field, message.proto.field.indexOf(field.proto))),
  ]);
  const fields = table(['field', 'type', 'number', 'what'], rows) || '\nIt has no fields.\n';
  return [
    `### ${shortName(message)}\n\n${cell(comment(...path))}\n${fields}\n`,
    ...message.nestedMessages.map((one) =>
      messageText(one, [...path, ofMessage.message, message.proto.nestedType.indexOf(one.proto)], comment),
    ),
    ...message.nestedEnums.map((one, at) => enumText(one, [...path, ofMessage.enum, at], comment)),
  ].join('');
}

function protoPage(file: DescFile, folder: string): Page {
  const comment = commentsOf(file);
  const name = file.proto.name;
  const messages = [
    ...file.messages.map((one, at) => messageText(one, [ofFile.message, at], comment)),
    ...file.enums.map((one, at) => enumText(one, [ofFile.enum, at], comment)),
  ].join('');
  const text = [
    `# ${basename(name)}\n\nThe protocol of GIVC, ${code(name)}.\n\n`,
    ...file.services.map((one, at) => serviceText(one, at, comment)),
    messages === '' ? '' : `## Messages\n\n${messages}`,
    `## Source\n\n\`\`\`proto\n${readFileSync(join(folder, name), 'utf8').trimEnd()}\n\`\`\`\n`,
  ].join('');
  return { file: `docs/api/grpc/${pageOf(file)}`, text };
}

/** A page for each file of the contract, below `api/grpc` as in the documentation of the original. */
export function protoPages(root: string): readonly Page[] {
  const args = ['build', '--as-file-descriptor-set', '-o', '-'];
  const set = execFileSync(join(root, 'node_modules/.bin/buf'), args, { cwd: root, maxBuffer: 64 * 1024 * 1024 });
  return [...createFileRegistry(fromBinary(FileDescriptorSetSchema, set)).files]
    .filter(isOurs)
    .map((file) => protoPage(file, join(root, 'proto')));
}
