// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { MethodDefinition } from '@grpc/grpc-js';
import { services, type ServiceName } from '@givc/rpc';
import { callFields } from '../../support/http2-frames.js';
import type { Random } from './random.js';

const rpcs = (...names: ServiceName[]): string[] =>
  names
    .flatMap((name) => Object.values(services[name]) as MethodDefinition<unknown, unknown>[])
    .map(({ path }) => path);

/** The rpcs of every service; a server answers UNIMPLEMENTED for services that it does not have. */
const all = rpcs(...(Object.keys(services) as ServiceName[]));

/** Rpcs that end or change something even with an empty request. */
const never = ['/admin.AdminService/Poweroff', '/admin.AdminService/Reboot', '/admin.AdminService/Suspend'];

/** Read-only rpcs, whose requests may contain the names of existing units. */
const harmless = new Set([
  ...rpcs('grpc.health.v1.Health', 'grpc.reflection.v1.ServerReflection', 'grpc.reflection.v1alpha.ServerReflection'),
  '/admin.AdminService/QueryList',
  '/admin.AdminService/GetUnitStatus',
  '/admin.AdminService/Watch',
  '/systemd.UnitControlService/GetUnitStatus',
  '/systemd.UnitControlService/MonitorUnit',
]);

const real = ['net-vm', 'web.service', 'givc-net-vm.service', 'admin.AdminService', 'systemd/systemd.proto', ''];

const odd = [
  ...[
    '../x.service',
    'x@.service',
    '@.service',
    'a@b@c.service',
    'x\n.service',
    'x\0.service',
    '.service',
    'ẅeb.service',
  ],
  ...[
    'wеb.service',
    '__proto__',
    'constructor',
    '-x',
    '--',
    '/etc/passwd',
    'https://user@evil',
    '💥',
    '\ud800',
    ' ',
    '*',
  ],
  ...['ghost.service', 'ghost-vm', 'ghost@0', 'ghost@', `${'a'.repeat(300)}.service`, 'a'.repeat(3_000), '%s%n', '{}'],
];

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value >>> 0;
  for (; rest > 127; rest >>>= 7) bytes.push((rest & 127) | 128);
  return Buffer.from([...bytes, rest]);
}

/** A field of protobuf (https://protobuf.dev/programming-guides/encoding/) with any wire type. */
function field(random: Random, strings: readonly string[], depth: number): Buffer {
  const number = 1 + random.below(9);
  const tag = (wireType: number): Buffer => varint(number * 8 + wireType);
  const lengthDelimited = (bytes: Buffer): Buffer => Buffer.concat([tag(2), varint(bytes.length), bytes]);
  switch (random.below(10)) {
    case 0:
      return Buffer.concat([tag(0), varint(random.percent(50) ? random.below(16) : random.next())]);
    case 1:
      return Buffer.concat([tag(1), random.bytes(8)]);
    case 2:
      return Buffer.concat([tag(5), random.bytes(4)]);
    case 3:
      return lengthDelimited(random.someBytes());
    case 4:
      return depth === 0 ? Buffer.alloc(0) : lengthDelimited(fields(random, strings, depth - 1));
    default:
      return lengthDelimited(Buffer.from(random.pick(strings)));
  }
}

const fields = (random: Random, strings: readonly string[], depth: number): Buffer =>
  Buffer.concat(Array.from({ length: random.below(5) }, () => field(random, strings, depth)));

/** Flips, removes, doubles or inserts bytes at random places. */
function mutated(random: Random, bytes: Buffer): Buffer {
  const at = random.below(bytes.length + 1);
  switch (random.below(4)) {
    case 0:
      return bytes.subarray(0, at);
    case 1:
      return Buffer.concat([bytes.subarray(0, at), random.bytes(1 + random.below(4)), bytes.subarray(at)]);
    case 2:
      return Buffer.concat([bytes, bytes.subarray(at)]);
    default: {
      const turned = Buffer.from(bytes);
      if (at < turned.length) turned[at] = random.next();
      return turned;
    }
  }
}

export interface Request {
  readonly path: string;
  readonly body: Buffer;
}

/** An rpc and a message for it: well-formed, damaged, or random bytes. */
export function randomRequest(random: Random): Request {
  const path = random.pick(all);
  if (never.includes(path)) return { path: `${path}x`, body: random.someBytes() };
  if (random.percent(20)) return { path, body: random.someBytes() };
  const body = fields(random, harmless.has(path) ? [...real, ...odd] : odd, 3);
  return { path, body: random.percent(30) ? mutated(random, body) : body };
}

/** The header fields of a call, sometimes with invalid ones. */
export function randomFields(random: Random, path: string): [string, string][] {
  const some = callFields(path);
  if (random.percent(80)) return some;
  const text = random.someBytes().toString('latin1');
  switch (random.below(8)) {
    case 0:
      return some.toSpliced(random.below(some.length), 1);
    case 1:
      return [...some, ['grpc-timeout', random.pick(['1n', '0S', '-1S', '99999999H', '999999999S', text])]];
    case 2:
      return [...some, ['grpc-encoding', random.pick(['gzip', 'deflate', 'identity', 'nonsense', text])]];
    case 3:
      return [
        ...some,
        [random.pick(['x-bin', 'grpc-status', 'grpc-message', 'givc-reports', 'host', ':path', 'A']), text],
      ];
    case 4:
      return some.with(5, ['content-type', random.pick(['text/plain', 'application/grpc+json', '', text])]);
    case 5:
      return some.with(2, [':path', random.pick(['/', '', '*', '//', '/admin.AdminService/__proto__', `/${text}`])]);
    case 6:
      return some.with(0, [':method', random.pick(['GET', 'CONNECT', 'PRI', text])]);
    default:
      return [...some, ...Array.from({ length: random.below(200) }, (_, n): [string, string] => [`x-${n}`, text])];
  }
}
