// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { flag, frame, headerBlock, message, callFields, type, uint32 } from '../../support/http2-frames.js';
import { randomFields, randomRequest } from './requests.js';
import type { Random } from './random.js';
import { RawConnection, type Target } from '../../support/raw-connection.js';

/**
 * Sends invalid traffic until it is done or the server has closed the connection; returns the number of frames or
 * messages.
 */
export type Flood = (target: Target, random: Random) => Promise<number>;

const nothing = Buffer.alloc(0);
const openAtOnce = 100;

/** Opens a connection for the duration of `use`, and closes it afterwards in any case. */
async function connected(target: Target, use: (connection: RawConnection) => Promise<number>): Promise<number> {
  const connection = await RawConnection.open(target);
  try {
    return await use(connection);
  } finally {
    connection.destroy();
  }
}

const call = (stream: number, path: string): Buffer =>
  frame(type.headers, flag.endHeaders, stream, headerBlock(callFields(path)));

/** Requests of every rpc, as many at once as a busy caller makes. */
const messages: Flood = (target, random) =>
  connected(target, async (connection) => {
    let sent = 0;
    while (!connection.isOver && sent < 2_000) {
      const { path, body } = randomRequest(random);
      const stream = connection.newStream();
      connection.send(call(stream, path));
      for (let more = random.percent(5) ? 3 : 1; more > 0; more--, sent++)
        connection.sendData(stream, message(body), more === 1);
      if (/(Watch|MonitorUnit|QueryHistory|ReadJournal)$/.test(path)) {
        connection.send(frame(type.rstStream, 0, stream, uint32(8)));
        connection.forget(stream);
      }
      await connection.room(openAtOnce);
    }
    await connection.room(1);
    return sent;
  });

/** Messages whose prefix states a wrong length or compression, with unusual headers, in pieces or without an end. */
const wrongPrefixes: Flood = (target, random) =>
  connected(target, async (connection) => {
    let sent = 0;
    for (; !connection.isOver && sent < 200; sent++) {
      const { path, body } = randomRequest(random);
      const stream = connection.newStream();
      connection.send(frame(type.headers, flag.endHeaders, stream, headerBlock(randomFields(random, path))));
      const length = random.percent(50) ? body.length : random.pick([0, 1, body.length + 1, 4_194_305, 0xffffffff]);
      const bytes = message(body, random.percent(50) ? 0 : random.below(256), length);
      const cut = random.below(bytes.length);
      connection.sendData(stream, bytes.subarray(0, cut), false);
      const isOver = random.percent(70);
      connection.sendData(stream, bytes.subarray(cut), isOver);
      if (!isOver) connection.send(frame(type.rstStream, 0, stream, uint32(random.below(16))));
      connection.forget(stream);
      await connection.room(openAtOnce);
    }
    await connection.read();
    return sent;
  });

/** Valid frames on streams that may be open, and sometimes an invalid one. */
function someFrame(connection: RawConnection, random: Random): Buffer {
  const known = 1 + 2 * random.below(40);
  switch (random.below(random.percent(4) ? 12 : 8)) {
    case 0:
      return frame(0x0a + random.below(0xf6), random.below(256), random.pick([0, known]), random.someBytes());
    case 1:
      return frame(type.priority, random.below(256), known, Buffer.from([...uint32(0), random.below(256)]));
    case 2:
      return frame(type.ping, 0, 0, random.bytes(8));
    case 3:
      return frame(type.settings, 0, 0, Buffer.from([0, 0x10 + random.below(200), ...uint32(random.next())]));
    case 4: {
      const stream = connection.newStream();
      connection.forget(stream);
      const { path } = randomRequest(random);
      return frame(type.headers, flag.endHeaders | random.below(2), stream, headerBlock(callFields(path)));
    }
    case 5:
      return frame(type.rstStream, 0, 1, uint32(random.next()));
    case 6:
      return frame(type.windowUpdate, 0, 1, uint32(1 + random.below(1000)));
    case 7:
      return frame(type.settings, 0, 0, Buffer.from([0, random.pick([1, 3, 6]), ...uint32(random.below(100_000))]));
    case 8:
      return frame(type.data, random.below(256), known, random.someBytes());
    case 9:
      return frame(random.pick([type.headers, type.continuation]), random.below(256), known, random.someBytes());
    case 10:
      return frame(random.below(10), random.below(256), random.pick([0, known, random.next()]), random.someBytes());
    default:
      return frame(random.below(256), random.below(256), random.next(), random.bytes(9), random.next());
  }
}

const frames: Flood = (target, random) =>
  connected(target, async (connection) => {
    const first = connection.newStream();
    connection.send(call(first, '/admin.AdminService/Watch'));
    let sent = 1;
    for (; !connection.isOver && sent < 1_000; sent++) {
      connection.send(someFrame(connection, random));
      if (sent % 50 === 0) await connection.read();
    }
    return sent;
  });

/** Streams that are opened and reset at once (CVE-2023-44487). */
const rapidReset: Flood = (target, random) =>
  connected(target, async (connection) => {
    let sent = 0;
    while (!connection.isOver && sent < 1_000) {
      const stream = connection.newStream();
      connection.forget(stream);
      connection.send(call(stream, randomRequest(random).path));
      connection.send(frame(type.rstStream, 0, stream, uint32(random.below(16))));
      sent += 2;
      if (sent % 500 === 0) await connection.read();
    }
    return sent;
  });

/** A header block that never ends (CVE-2024-27316). */
const continuations: Flood = (target, random) =>
  connected(target, async (connection) => {
    connection.send(frame(type.headers, 0, connection.newStream(), headerBlock(callFields('/a/b'))));
    const more = headerBlock([['x', random.bytes(1_000).toString('hex')]]);
    let sent = 1;
    for (; !connection.isOver && sent < 300; sent++) {
      connection.send(frame(type.continuation, 0, 1, random.percent(90) ? more : nothing));
      if (sent % 50 === 0) await connection.room(openAtOnce);
    }
    await connection.read();
    return sent;
  });

/** More headers than a real client sends. */
const hugeHeaders: Flood = (target, random) =>
  connected(target, async (connection) => {
    const fields = Array.from({ length: 150 }, (_, n): [string, string] => [`x-${n}`, 'v'.repeat(random.below(200))]);
    let sent = 0;
    for (; !connection.isOver && sent < 50; sent++) {
      const block = headerBlock([...callFields('/admin.AdminService/QueryList'), ...fields]);
      const stream = connection.newStream();
      connection.send(frame(type.headers, flag.endStream, stream, block.subarray(0, 16_000)));
      connection.send(frame(type.continuation, flag.endHeaders, stream, block.subarray(16_000, 32_000)));
      connection.forget(stream);
    }
    await connection.read();
    return sent * 2;
  });

/** Window updates beyond the maximum size of a window (RFC 9113, section 6.9.1). */
const windowOverflow: Flood = (target) =>
  connected(target, async (connection) => {
    const stream = connection.newStream();
    connection.send(call(stream, '/grpc.health.v1.Health/Watch'));
    let sent = 1;
    for (; sent < 20; sent++) connection.send(frame(type.windowUpdate, 0, sent < 10 ? stream : 0, uint32(0x7fffffff)));
    await connection.read();
    return sent;
  });

/** Frames that need an answer, from a peer that does not read. */
const unreadAnswers: Flood = (target, random) =>
  connected(target, async (connection) => {
    const repeated = random.pick([
      frame(type.ping, 0, 0, Buffer.alloc(8)),
      frame(type.settings, 0, 0, nothing),
      frame(type.data, 0, connection.newStream(), nothing),
    ]);
    let sent = 0;
    for (; !connection.isOver && sent < 300; sent++) connection.send(repeated);
    await connection.read();
    return sent;
  });

/** Invalid TLS records, or no TLS at all. */
const garbage: Flood = async (target, random) => {
  const connection = RawConnection.openPlain(target);
  let sent = 0;
  for (; sent < 20; sent++) {
    const bytes = random.someBytes();
    const record = Buffer.from([
      20 + random.below(5),
      3,
      random.below(5),
      bytes.length >> 8,
      bytes.length & 255,
      ...bytes,
    ]);
    connection.send(random.percent(80) ? record : bytes);
  }
  await connection.end();
  return sent;
};

/** The floods, each with its share in percent. */
export const floods: readonly (readonly [Flood, number])[] = [
  [messages, 46],
  [wrongPrefixes, 6],
  [frames, 22],
  [rapidReset, 10],
  [continuations, 4],
  [hugeHeaders, 2],
  [windowOverflow, 1],
  [unreadAnswers, 8],
  [garbage, 1],
];
