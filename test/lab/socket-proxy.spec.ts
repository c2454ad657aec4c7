import { randomBytes, createHash } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { now } from '../bench/clock.js';
import { memoryOf, processOf } from '../bench/processes.js';
import { type Lab } from './lab.js';
import { pause, signalProgram } from './losses.js';
import { echoSocket, programUnit } from './plan.js';
import { sharedLab } from './shared-lab.js';

jest.setTimeout(90_000);

/** How long both directions are kept full; more shows more. */
const saturatedMs = Number(process.env['SATURATE_SECONDS'] ?? 5) * 1_000;
const mebibyte = 1024 * 1024;
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

  /** As a program in gui-vm would. */
  function dial(): Socket {
    const path = `/proc/${lab.machine('gui-vm').leader()}/root${echoSocket.proxied}`;
    const socket = connect({ path, allowHalfOpen: true }).on('error', () => undefined);
    open.add(socket.once('close', () => open.delete(socket)));
    return socket;
  }

  const closed = (socket: Socket): Promise<void> =>
    new Promise((resolve) => void socket.once('close', () => resolve()));

  /** Whether a connection echoes; false when it was closed instead, also before all was written. */
  function echoes(socket = dial()): Promise<boolean> {
    socket.write('x');
    return Promise.race([
      new Promise<true>((resolve) => void socket.once('data', () => resolve(true))),
      ended(socket).then(() => false),
    ]);
  }

  const ended = (socket: Socket): Promise<void> =>
    new Promise((resolve) => {
      socket.once('end', () => {
        socket.destroy();
        resolve();
      });
      socket.once('close', () => resolve());
    });

  async function untilItEchoes(): Promise<number> {
    while (!(await echoes())) await pause();
    return now();
  }

  /** Connections of the service itself. */
  const served = (): number => readdirSync(`/proc/${processOf('net-vm', 'echo.service')}/fd`).length;

  it('loses no byte of a hundred connections at once', async () => {
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

  it('is a file of the group "users", mode 0770', async () => {
    const { stdout } = await lab.machine('gui-vm').run(['stat', '--format=%F %U %G %a', echoSocket.proxied]);
    expect(stdout.trim()).toBe('socket root users 770');
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
    await untilItEchoes();
  });

  it.each(['net-vm', 'gui-vm'] as const)(
    'ends when the agent of %s is killed, and works again without anybody',
    async (name) => {
      const socket = dial();
      expect(await echoes(socket)).toBe(true);
      const idle = served() - 1;
      const over = ended(socket);
      const killed = signalProgram(name, 'SIGKILL');
      await over;
      while (served() > idle) await pause();
      expect(now() - killed).toBeLessThan(10_000);
      await untilItEchoes();
    },
  );

  it('ends on both sides within 10 s when the cable is cut, and works again when it is back', async () => {
    const socket = dial();
    expect(await echoes(socket)).toBe(true);
    const idle = served() - 1;
    const over = ended(socket);
    const netVm = lab.machine('net-vm');
    const cut = now();
    await netVm.disconnect();
    try {
      await over;
      while (served() > idle) await pause();
      expect(now() - cut).toBeLessThan(10_000);
      expect(await echoes()).toBe(false);
    } finally {
      await netVm.reconnect();
    }
    const back = now();
    expect((await untilItEchoes()) - back).toBeLessThan(5_000);
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
    const until = async (ms: number) => {
      const started = now();
      while (now() - started < ms) await once(full, 'data');
    };
    await until(saturatedMs / 2);
    const half = memory();
    await until(saturatedMs / 2);
    isOver = true;
    const grown = memory().map((mebibytes, n) => mebibytes - half[n]!);
    expect(Math.max(...grown)).toBeLessThan(20);
    expect(received).toBeGreaterThan(16 * mebibyte);
    const gone = [closed(full), closed(stalled)];
    full.destroy();
    stalled.destroy();
    await Promise.all(gone);
    expect(await echoes()).toBe(true);
  });
});
