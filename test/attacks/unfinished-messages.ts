// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

// One caller opens hundreds of streams, sends almost all of a message or nothing on each, and waits: the memory that a
// server holds for one peer is limited from the first byte on, unfinished streams end, and others are served.
import { constants, type ClientHttp2Session, type ClientHttp2Stream } from 'node:http2';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { once } from 'node:events';
import { services } from '@givc/rpc';
import { rawSession } from '../support/raw-call.js';
import { attack, type AttackSystem } from './support.js';
import type { BuiltProgram } from '../support/built-program.js';

const kibibyte = 1024;
const mebibyte = 1024 * kibibyte;
/** The memory that one peer may cost a program, in MiB. */
const allowedMiB = 64;
/** The time limit of one stream, generous for a loaded machine. */
const limitMs = 30_000;
/** The maximum number of connections of a socket proxy without a setting. */
const connections = 256;
/** The time for which streams that may stay open are observed. */
const stayMs = 5_000;

/** The data that is sent on each of several streams of one connection. */
interface Attempt {
  readonly what: string;
  readonly path: string;
  readonly streams: number;
  readonly bytes: Buffer;
  readonly headers?: Readonly<Record<string, string>>;
  /**
   * The number of streams that may stay open: connections to a socket that is not read stay as long as their user keeps
   * them.
   */
  readonly mayStay?: number;
}

/** A message of this size without its last byte. */
function almost(length: number): Buffer {
  const bytes = Buffer.alloc(5 + length - 1, 0x20);
  bytes[0] = 0;
  bytes.writeUInt32BE(length, 1);
  return bytes;
}

/** A complete message. */
function whole(body: Buffer, compressed = 0): Buffer {
  const head = Buffer.from([compressed, 0, 0, 0, 0]);
  head.writeUInt32BE(body.length, 1);
  return Buffer.concat([head, body]);
}

function open(session: ClientHttp2Session, { path, headers }: Attempt): ClientHttp2Stream {
  const request = { ':method': 'POST', ':path': path, 'content-type': 'application/grpc', te: 'trailers', ...headers };
  return session
    .request(request)
    .on('error', () => undefined)
    .resume();
}

/** Sends data, and resolves with whether the server has ended the stream. */
function send(session: ClientHttp2Session, attempt: Attempt): Promise<boolean> {
  const stream = open(session, attempt);
  if (attempt.bytes.length > 0) stream.write(attempt.bytes);
  return new Promise<boolean>((resolve) => {
    const limit = setTimeout(() => resolve(false), attempt.mayStay ? stayMs : limitMs);
    stream.once('close', () => {
      clearTimeout(limit);
      resolve(true);
    });
  });
}

/** The calls of other callers, during the attack and afterwards. */
async function isServed(call: () => Promise<unknown>): Promise<boolean> {
  return call().then(
    () => true,
    () => false,
  );
}

async function run(
  system: AttackSystem,
  program: BuiltProgram,
  attempt: Attempt,
  call: () => Promise<unknown>,
  port = program.port,
): Promise<void> {
  await call();
  const { endpoint } = program;
  const target = { ...endpoint, address: { ...endpoint.address, port } as typeof endpoint.address };
  const session = await rawSession(target, system.material('evil-vm'));
  session.setMaxListeners(0);
  const before = program.memory().now;
  program.resetPeak();
  const sending = Array.from({ length: attempt.streams }, () => send(session, attempt));
  const meanwhile = await isServed(call);
  const ended = (await Promise.all(sending)).filter(Boolean).length;
  const { peak } = program.memory();
  const afterwards = await isServed(call);
  session.destroy(undefined, constants.NGHTTP2_CANCEL);
  system.check(
    `${program.name}, ${attempt.streams} ${attempt.what}`,
    peak - before < allowedMiB && meanwhile && afterwards && attempt.streams - ended <= (attempt.mayStay ?? 0),
    `${before.toFixed(0)} MiB before, ${peak.toFixed(0)} MiB at most; ` +
      `${attempt.streams - ended} streams left open (at most ${attempt.mayStay ?? 0}); others are ${meanwhile && afterwards ? '' : 'not '}served`,
  );
}

const { startApplication, queryList, setLocale } = services['admin.AdminService'];
const { check } = services['grpc.health.v1.Health'];
/** Two bytes for each string of the list, all empty. */
const emptyStrings = whole(Buffer.alloc(60 * kibibyte, Buffer.from([0x1a, 0])));
const shortStrings = whole(Buffer.alloc(60 * kibibyte, Buffer.from([0x1a, 2, 0x61, 0x62])));
const emptyAssignments = whole(Buffer.alloc(60 * kibibyte, Buffer.from([0x0a, 0])));
const bomb = whole(gzipSync(Buffer.alloc(4 * mebibyte)), 1);
const report = '/report.Reports/Report';
const mostUnits = 4 * mebibyte - 16;
/** A list of all units of a machine, two bytes for each. */
const emptyUnits = whole(
  Buffer.concat([Buffer.from([0x0a, 0xf0, 0xff, 0xff, 0x01]), Buffer.alloc(mostUnits, Buffer.from([0x12, 0]))]),
);

await attack(async (system) => {
  const admin = await system.startAdmin();
  const client = system.client(admin);
  const attempts: readonly Attempt[] = [
    { what: 'messages of 4 MiB without their last byte', path: report, streams: 300, bytes: almost(4 * mebibyte) },
    { what: 'too large requests', path: startApplication.path, streams: 300, bytes: almost(4 * mebibyte) },
    { what: 'requests without their last byte', path: startApplication.path, streams: 2_000, bytes: almost(64 * 1024) },
    { what: 'requests without an end', path: startApplication.path, streams: 2_000, bytes: emptyStrings },
    { what: 'requests of short strings', path: startApplication.path, streams: 2_000, bytes: shortStrings },
    { what: 'requests of empty messages', path: setLocale.path, streams: 2_000, bytes: emptyAssignments },
    { what: 'snapshots of 2,097,144 empty units', path: report, streams: 300, bytes: emptyUnits },
    { what: 'calls without a request', path: queryList.path, streams: 4_000, bytes: Buffer.alloc(0) },
    { what: 'calls of an unknown rpc', path: '/no.Service/Rpc', streams: 2_000, bytes: almost(64 * 1024) },
    {
      what: 'compressed messages of 4 MiB',
      ...{ path: report, streams: 1_000, bytes: Buffer.concat([bomb, almost(4 * mebibyte).subarray(0, 100)]) },
      headers: { 'grpc-encoding': 'gzip' },
    },
  ];
  for (const attempt of attempts) await run(system, admin, attempt, () => client.queryList());

  const socket = join(system.folder, 'service.sock');
  const service = createServer((connection) => void connection.pause()).listen(socket);
  system.onEnd(() => void service.close());
  const spare = createServer().listen(0, '127.0.0.1');
  await once(spare, 'listening');
  const { port } = spare.address() as AddressInfo;
  spare.close();
  await once(spare, 'close');
  const transport = { name: 'evil-vm', addr: '127.0.0.1', port: String(port), protocol: 'tcp' };
  const agent = await system.startAgent('net-vm', {
    admin,
    capabilities: {
      policy: { enable: true, storePath: join(system.folder, 'policies'), policies: { firewall: '' } },
      socketProxy: { enable: true, sockets: [{ transport, server: true, socket }] },
    },
  });
  const channel = system.channel(agent);
  const ask = () => channel.unary(check, { service: '' });
  const policy = '/policyadmin.PolicyAdmin/StreamPolicy';
  const unit = '/systemd.UnitControlService/StartUnit';
  await run(
    system,
    agent,
    { what: 'chunks of a policy without their last byte', path: policy, streams: 300, bytes: almost(4 * mebibyte) },
    ask,
  );
  await run(
    system,
    agent,
    { what: 'requests without their last byte', path: unit, streams: 2_000, bytes: almost(64 * kibibyte) },
    ask,
  );
  await run(
    system,
    agent,
    { what: 'calls without a request', path: unit, streams: 2_000, bytes: Buffer.alloc(0) },
    ask,
  );
  const frame = whole(Buffer.concat([Buffer.from([0x0a, 0x80, 0x80, 0x04]), Buffer.alloc(64 * kibibyte)]));
  const frames = Buffer.concat(Array.from({ length: 48 }, () => frame));
  const path = '/socketproxy.SocketStream/TransferData';
  await run(
    system,
    agent,
    { what: 'connections to a service that reads nothing', path, streams: 300, bytes: frames, mayStay: connections },
    ask,
    port,
  );
});
