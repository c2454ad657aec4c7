// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { randomBytes, createHash } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { memoryOf, processOf } from '../bench/processes.js';
import { type Lab } from './lab.js';
import { inTime, waitLimitMs } from './limits.js';
import { signalProgram } from './observer.js';
import { echoSocket, execUser, programUnit } from './plan.js';
import { sharedLab } from './shared-lab.js';

const mebibyte = 1024 * 1024;
/** The amount of data that is echoed, in each direction. */
const saturation = Number(process.env['SATURATE_MEBIBYTES'] ?? 256) * mebibyte;
const digest = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

describe('a socket of another machine', () => {
  let lab: Lab;
  const open = new Set<Socket>();
  beforeEach(async () => {
    lab = await sharedLab();
    await lab.registered(['net-vm', 'gui-vm']);
    await untilItEchoes();
  });
  afterEach(() => {
    for (const socket of open) socket.destroy();
    open.clear();
  });

  /** Connects as a program in gui-vm would. */
  function dial(): Socket {
    const path = `/proc/${lab.machine('gui-vm').leader()}/root${echoSocket.proxied}`;
    const socket = connect({ path, allowHalfOpen: true }).on('error', () => undefined);
    open.add(socket.once('close', () => open.delete(socket)));
    return socket;
  }

  const closed = (socket: Socket): Promise<void> =>
    new Promise((resolve) => void socket.once('close', () => resolve()));

  /** Whether a connection echoes; false when it was closed instead, even before everything was written. */
  function echoes(socket = dial()): Promise<boolean> {
    socket.write('x');
    const echo = new Promise<true>((resolve) => void socket.once('data', () => resolve(true)));
    return Promise.race([echo, ended(socket).then(() => false)]);
  }

  const ended = (socket: Socket): Promise<void> =>
    inTime(
      'the connection ends',
      new Promise((resolve) => {
        socket.once('end', () => {
          socket.destroy();
          resolve();
        });
        socket.once('close', () => resolve());
      }),
    );

  /** Connects again when the connection is closed at once because the agents have no connection to each other yet. */
  async function untilItEchoes(): Promise<void> {
    const limit = AbortSignal.timeout(waitLimitMs);
    while (!(await echoes())) limit.throwIfAborted();
  }

  /** Resolves once the service itself has no connections. */
  async function hasNoConnection(): Promise<void> {
    const counts = connect(`/proc/${lab.machine('net-vm').leader()}/root${echoSocket.service}.count`);
    const none = new Promise<void>((resolve) =>
      createInterface({ input: counts }).on('line', (count) => {
        if (count === '0') resolve();
      }),
    );
    await inTime('the service has no connection', none).finally(() => counts.destroy());
  }

  it('loses no byte of a hundred concurrent connections', async () => {
    const source = randomBytes(mebibyte);
    await Promise.all(
      Array.from({ length: 100 }, async (_, n) => {
        const wanted = source.subarray(0, Math.floor((mebibyte / 100) * n));
        const socket = dial();
        const chunks: Buffer[] = [];
        socket.on('data', (chunk) => chunks.push(chunk));
        socket.end(wanted);
        await once(socket, 'end');
        expect(digest(Buffer.concat(chunks))).toBe(digest(wanted));
      }),
    );
  });

  it('is a file of its configured owner and of the group "users", mode 0770', async () => {
    const { stdout } = await lab.machine('gui-vm').run(['stat', '--format=%F %U %G %a', echoSocket.proxied]);
    expect(stdout.trim()).toBe(`socket ${execUser} users 770`);
  });

  it('is closed at once while the service is down, and works as soon as it is up', async () => {
    const netVm = lab.machine('net-vm');
    const before = dial();
    expect(await echoes(before)).toBe(true);
    const over = ended(before);
    await netVm.systemctl('stop', 'echo.service');
    await over;
    expect(await echoes()).toBe(false);
    expect(await lab.machine('gui-vm').journal(programUnit('gui-vm'))).toContain(`no service at ${echoSocket.service}`);
    await netVm.systemctl('start', 'echo.service');
    expect(await echoes()).toBe(true);
  });

  it.each(['net-vm', 'gui-vm'] as const)(
    'ends on both sides when the agent of %s is killed, and works again by itself',
    async (name) => {
      const [socket, since] = [dial(), Date.now()];
      expect(await echoes(socket)).toBe(true);
      const over = ended(socket);
      signalProgram(name, 'SIGKILL');
      await over;
      await hasNoConnection();
      await lab.machine(name).logged(programUnit(name), 'registered', { since });
      await untilItEchoes();
    },
  );

  it('ends on both sides when the cable is disconnected, and works again when it is back', async () => {
    const socket = dial();
    expect(await echoes(socket)).toBe(true);
    const over = ended(socket);
    const netVm = lab.machine('net-vm');
    await netVm.disconnect();
    try {
      await over;
      await hasNoConnection();
      expect(await echoes()).toBe(false);
    } finally {
      await netVm.reconnect();
    }
    await untilItEchoes();
  });

  it('keeps the memory of both agents flat while both directions are full, and when a reader stops', async () => {
    const agents = (['gui-vm', 'net-vm'] as const).map((name) => processOf(name, programUnit(name)));
    const memory = () => agents.map((pid) => memoryOf(pid).resident);
    const stalled = dial().pause();
    stalled.write(Buffer.alloc(64 * mebibyte));
    const full = dial();
    const block = Buffer.alloc(mebibyte / 4);
    let received = 0;
    let isOver = false;
    full.on('data', (chunk) => (received += chunk.length));
    const fill = () => {
      while (!isOver && full.write(block));
    };
    full.on('drain', fill);
    fill();
    const until = async (bytes: number) => {
      while (received < bytes) await once(full, 'data');
    };
    await until(saturation / 2);
    const half = memory();
    await until(saturation);
    isOver = true;
    const grown = memory().map((mebibytes, n) => mebibytes - half[n]!);
    expect(Math.max(...grown)).toBeLessThan(20);
    const gone = [closed(full), closed(stalled)];
    full.destroy();
    stalled.destroy();
    await Promise.all(gone);
    expect(await echoes()).toBe(true);
  });
});
