// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { carriers, readAll, SocketPair } from '../support/socket-pair.js';

const slow = 255;
const size = 512 * 1024;

describe.each(carriers)('connections whose service reads nothing, each a %s,', (carrier) => {
  let pair: SocketPair;
  beforeEach(async () => {
    pair = await SocketPair.start({ carrier });
  });
  afterEach(() => pair.stop());

  it(`wait, ${slow} of one peer, while another one goes on, and lose nothing once the service reads`, async () => {
    const services: Socket[] = [];
    let wake = () => undefined as void;
    await pair.serve((socket) => {
      services.push(socket);
      wake();
    });
    const served = async (count: number) => {
      while (services.length < count) await new Promise<void>((resolve) => (wake = resolve));
    };
    const bytes = randomBytes(size);
    const users = Array.from({ length: slow }, () => pair.dial());
    await served(slow);
    for (const user of users) user.end(bytes);
    const quick = pair.dial();
    await once(quick, 'connect');
    // This is as much as each of the other connections sends. Connections share the stream fairly, so the others wait
    // when all of this has arrived.
    const echo = readAll(quick);
    quick.end(bytes);
    await served(slow + 1);
    services[slow]!.pipe(services[slow]!);
    expect((await echo).equals(bytes)).toBe(true);
    const received = await Promise.all(services.slice(0, slow).map(readAll));
    expect(received.filter((all) => all.equals(bytes))).toHaveLength(slow);
  });
});
