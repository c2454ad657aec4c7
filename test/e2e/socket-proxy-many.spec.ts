// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { createHash, randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import fc from 'fast-check';
import { carriers, SocketPair } from '../support/socket-pair.js';

const connections = 100;
const mebibyte = 1024 * 1024;

/**
 * The behaviour of one connection: each side sends this many bytes, in pieces of this size, and then ends its direction
 * or breaks the connection.
 */
const scenario = fc.record({
  request: fc.oneof({ weight: 8, arbitrary: fc.nat(100_000) }, { weight: 1, arbitrary: fc.nat(2 * mebibyte) }),
  response: fc.oneof({ weight: 8, arbitrary: fc.nat(100_000) }, { weight: 1, arbitrary: fc.nat(2 * mebibyte) }),
  piece: fc.constantFrom(1_000, 8_192, 65_536, 300_000),
  /** Whether the service answers only after it has received everything. */
  waits: fc.boolean(),
  /** The number of bytes of its request that a user sends before it breaks the connection. */
  breaksOff: fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { freq: 5 }),
});
type Scenario = typeof scenario extends fc.Arbitrary<infer T> ? T : never;

const source = randomBytes(2 * mebibyte);
const digest = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

async function send(socket: Socket, bytes: Buffer, piece: number): Promise<void> {
  for (let at = 0; at < bytes.length && !socket.destroyed; at += piece)
    await new Promise((resolve) => socket.write(bytes.subarray(at, at + piece), resolve));
}

/** All data until the end, or until the connection breaks. */
function receive(socket: Socket): Promise<Buffer> {
  const chunks: Buffer[] = [];
  socket.on('data', (chunk) => chunks.push(chunk));
  return new Promise((resolve) => {
    const done = () => resolve(Buffer.concat(chunks));
    socket.once('end', done);
    socket.once('close', done);
  });
}

const closed = (socket: Socket): Promise<void> =>
  new Promise((resolve) => (socket.closed ? resolve() : void socket.once('close', () => resolve())));

describe.each(carriers)(`${connections} concurrent connections with random sizes and ends, each a %s,`, (carrier) => {
  let pair: SocketPair;
  beforeAll(async () => {
    pair = await SocketPair.start({ carrier });
  });
  afterAll(() => pair.stop());

  it('neither lose, add nor reorder a byte, and all end', async () => {
    const served: Promise<unknown>[] = [];
    await pair.serve((socket) => {
      // The user sends the number of the scenario first, in four bytes.
      socket.once('readable', function start() {
        const head = socket.read(4) as Buffer | null;
        if (!head) return void socket.once('readable', start);
        served.push(service(socket, scenarios[head.readUInt32BE()]!));
      });
    });
    /** Those of all runs: a service may first see a connection that its user broke off when the next run has begun. */
    const scenarios: Scenario[] = [];

    async function service(socket: Socket, { request, response, piece, waits, breaksOff }: Scenario): Promise<void> {
      const received = receive(socket);
      if (waits) await received;
      if (!socket.destroyed) await send(socket, source.subarray(0, response), piece);
      socket.end();
      const bytes = await received;
      if (breaksOff === null) expect(digest(bytes)).toBe(digest(source.subarray(0, request)));
      else expect(source.subarray(0, bytes.length).equals(bytes)).toBe(true);
      await closed(socket);
    }

    async function user(scenario: Scenario): Promise<void> {
      const { request, response, piece, breaksOff } = scenario;
      const socket = pair.dial();
      const received = receive(socket);
      const head = Buffer.alloc(4);
      head.writeUInt32BE(scenarios.push(scenario) - 1);
      socket.write(head);
      const wanted = source.subarray(0, request);
      if (breaksOff !== null) {
        await send(socket, wanted.subarray(0, Math.floor(breaksOff * request)), piece);
        return void socket.destroy();
      }
      await send(socket, wanted, piece);
      socket.end();
      expect(digest(await received)).toBe(digest(source.subarray(0, response)));
      await closed(socket);
    }

    await fc.assert(
      fc.asyncProperty(fc.array(scenario, { minLength: connections, maxLength: connections }), async (chosen) => {
        await Promise.all(chosen.map(user));
        await Promise.all(served.splice(0));
      }),
      { numRuns: 3, endOnFailure: true },
    );
  });
});
