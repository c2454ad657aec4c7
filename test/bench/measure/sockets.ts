// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { timed } from '../clock.js';
import { group, percentile, times } from '../measurement.js';
import { echoSocket } from '../../lab/plan.js';

/** Fewer new connections than a peer may make at once, which the agent limits. */
const [roundTrips, connections, firsts, echoes, news, users] = [5_000, 32, 250, 5, 500, 8];
const message = Buffer.alloc(64, 1);
const mebibyte = 1024 * 1024;
const echoed = 64 * mebibyte;

async function roundTrip(socket: Socket): Promise<void> {
  socket.write(message);
  for (let left = message.length; left > 0;) {
    const [bytes] = (await once(socket, 'data')) as [Buffer];
    left -= bytes.length;
  }
}

/** Sends as fast as possible, reads as fast as the data arrives, and resolves when all data has come back. */
async function echo(socket: Socket): Promise<void> {
  const block = Buffer.alloc(mebibyte / 4);
  let [sent, received] = [0, 0];
  const send = () => {
    while (sent < echoed && ((sent += block.length), socket.write(block)));
    if (sent >= echoed) socket.end();
  };
  socket.on('drain', send).on('data', (bytes) => (received += bytes.length));
  send();
  await once(socket, 'end');
  if (received !== echoed) throw new Error(`${received} bytes came back of ${echoed}`);
}

/** The part of one core that this process uses while it works, as text; near 100 %, the callers are measured. */
async function generatorLoad(work: () => Promise<unknown>): Promise<string> {
  const [before, started] = [process.cpuUsage(), performance.now()];
  await work();
  const { user, system } = process.cpuUsage(before);
  return `${((user + system) / 10 / (performance.now() - started)).toFixed(0)} % of a core`;
}

/** Connects from gui-vm to an echo service in net-vm, like a program in gui-vm. */
export const sockets = group(
  ['socketRoundTrip', 'socketEcho', 'socketMany', 'socketFirst', 'socketNew'],
  async ({ lab }) => {
    const path = `/proc/${lab.machine('gui-vm').leader()}/root${echoSocket.proxied}`;
    const dial = async () => {
      const socket = connect({ path, allowHalfOpen: true });
      await once(socket, 'connect');
      return socket;
    };
    const one = await dial();
    const single: number[] = [];
    for (let n = -roundTrips / 10; n < roundTrips; n++) {
      const ms = await timed(() => roundTrip(one));
      if (n >= 0) single.push(ms);
    }
    one.destroy();

    const rates: number[] = [];
    const echoLoad = await generatorLoad(async () => {
      for (let n = 0; n < echoes; n++) {
        const socket = await dial();
        const ms = await timed(() => echo(socket));
        rates.push(echoed / 1e6 / (ms / 1000));
        socket.destroy();
      }
    });
    const rate = percentile(rates, 0.5);

    const many: number[] = [];
    const all = await Promise.all(Array.from({ length: connections }, dial));
    const started = performance.now();
    await Promise.all(
      all.map(async (socket) => {
        for (let n = 0; n < roundTrips / connections; n++) many.push(await timed(() => roundTrip(socket)));
        socket.destroy();
      }),
    );
    const perSecond = many.length / ((performance.now() - started) / 1000);

    const firstByte = () =>
      timed(async () => {
        const socket = connect(path);
        await roundTrip(socket);
        socket.destroy();
      });
    const first: number[] = [];
    for (let n = 0; n < firsts; n++) first.push(await firstByte());
    let left = news;
    const newMs: number[] = [];
    const newStarted = performance.now();
    const newLoad = await generatorLoad(() =>
      Promise.all(
        Array.from({ length: users }, async () => {
          while (left-- > 0) newMs.push(await firstByte());
        }),
      ),
    );
    const newPerSecond = newMs.length / ((performance.now() - newStarted) / 1000);
    return {
      socketRoundTrip: times(single),
      socketEcho: {
        text: `${rate.toFixed(0)} MB/s (median of ${echoes}), callers ${echoLoad}`,
        values: { megabytesPerSecond: rate },
      },
      socketMany: {
        text: `${perSecond.toFixed(0)}/s, ${times(many).text}`,
        values: { perSecond, p50Ms: percentile(many, 0.5) },
      },
      socketFirst: times(first),
      socketNew: {
        text: `${newPerSecond.toFixed(0)}/s, ${times(newMs).text}, callers ${newLoad}`,
        values: { perSecond: newPerSecond, p50Ms: percentile(newMs, 0.5) },
      },
    };
  },
);
