// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import net, { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Duplex } from 'node:stream';
import { text } from 'node:stream/consumers';
import { Log } from '@givc/log';
import { agentSettings } from '../../fixtures/agent-settings.fixture.js';
import { NotifyConfig } from './notify.config.js';
import { NotifyService } from './notify.service.js';

const notification = { Event: 'Battery', Title: 'Low', Urgency: 2, Icon: 'battery', Message: 'äö "5 %"' };
const callOf = (caller: string) => ({ caller, signal: new AbortController().signal });
const never = callOf('host');

describe('a notification', () => {
  let folder: string;
  let servers: Server[];
  let lines: string[];
  const service = (socket = folder) =>
    new NotifyService(
      new NotifyConfig({ enable: true, socket }),
      agentSettings,
      new Log('debug', (line) => lines.push(line)),
    );

  /** Listens there; `received` is the text of the first connection once that is closed. */
  const listen = async (name: string): Promise<{ readonly received: Promise<string> }> => {
    const server = createServer();
    servers.push(server);
    const received = once(server, 'connection').then(([socket]) => text(socket as Socket));
    server.listen(join(folder, name));
    await once(server, 'listening');
    return { received };
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'givc-notify-'));
    [servers, lines] = [[], []];
  });
  afterEach(() => {
    for (const server of servers) server.close();
    rmSync(folder, { recursive: true });
  });

  it('is sent as one JSON object to each socket of the folder, and not to other files', async () => {
    const listeners = [await listen('a.sock'), await listen('b.sock')];
    writeFileSync(join(folder, 'file'), '');
    await service().notify(notification, never);
    for (const { received } of listeners) expect(JSON.parse(await received)).toEqual(notification);
    expect(lines).toEqual([]);
  });

  it('does not wait for readers, and logs each unreachable socket', async () => {
    const silent = createServer({ pauseOnConnect: true }).listen(join(folder, 'silent.sock'));
    await once(silent, 'listening');
    const connected = once(silent, 'connection');
    const stale = spawnSync(process.execPath, [
      '-e',
      `net.createServer().listen('${folder}/stale.sock', () => process.kill(process.pid, 'SIGKILL'))`,
    ]);
    expect(stale.signal).toBe('SIGKILL');
    const { received } = await listen('last.sock');
    await service().notify(notification, never);
    expect(JSON.parse(await received)).toEqual(notification);
    expect(lines).toEqual([expect.stringContaining('stale.sock')]);
    const [socket] = (await connected) as [Socket];
    socket.destroy();
    silent.close();
  });

  it('succeeds without a socket, or without the folder, and logs nothing', async () => {
    await expect(service().notify(notification, never)).resolves.toBeUndefined();
    await expect(service(join(folder, 'nowhere')).notify(notification, never)).resolves.toBeUndefined();
    expect(lines).toEqual([]);
  });

  it('is rejected, with the key of the configuration, when the path is not a folder', async () => {
    writeFileSync(join(folder, 'file'), '');
    await expect(service(join(folder, 'file')).notify(notification, never)).rejects.toMatchObject({
      reason: 'FAILED_PRECONDITION',
      message: expect.stringMatching(/^capabilities\.notifier\.socket: .*ENOTDIR/),
    });
  });

  it('is abandoned and logged when the socket has not read it within 1 s', async () => {
    await listen('full.sock');
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask'] });
    /** A connection that is never made. */
    const socket = new Duplex({ write: () => undefined, read: () => undefined });
    const connected = jest.spyOn(net, 'createConnection').mockReturnValue(socket as Socket);
    try {
      const notified = service().notify(notification, never);
      while (connected.mock.calls.length === 0) await new Promise<void>((resolve) => setImmediate(resolve));
      await jest.advanceTimersByTimeAsync(999);
      expect(socket.destroyed).toBe(false);
      await jest.advanceTimersByTimeAsync(1);
      await notified;
      expect(lines).toEqual([
        `warn: notification not sent socket=${join(folder, 'full.sock')} error="not read within 1000 ms"\n`,
      ]);
      expect(jest.getTimerCount()).toBe(0);
    } finally {
      jest.restoreAllMocks();
      jest.useRealTimers();
    }
  });

  it('is sent to at most 64 sockets; further sockets are logged', async () => {
    const listeners = await Promise.all(Array.from({ length: 65 }, (_, index) => listen(`${index}.sock`)));
    const counts = listeners.map(() => 0);
    servers.forEach((server, index) => server.on('connection', () => counts[index]!++));
    await service().notify(notification, never);
    expect(lines).toEqual([expect.stringMatching(/^warn: too many sockets for notifications folder=.* used=64$/m)]);
    while (counts.filter((count) => count > 0).length < 64) await new Promise<void>((resolve) => setImmediate(resolve));
    expect(counts.toSorted()).toEqual([0, ...Array<number>(64).fill(1)]);
  });

  describe('while the sockets do not read', () => {
    /** The title of a notification that the sockets do read. */
    const taken = 'taken';
    let sockets: Duplex[];
    let users: NotifyService;
    const connectedTo = async (count: number) => {
      while (sockets.length < count) await new Promise<void>((resolve) => setImmediate(resolve));
    };

    beforeEach(async () => {
      await listen('full.sock');
      sockets = [];
      users = service();
      jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask'] });
      jest.spyOn(net, 'createConnection').mockImplementation(() => {
        const socket = new Duplex({
          write: (text: Buffer, _encoding, done) => void (text.includes(taken) && done()),
          read: () => undefined,
        });
        sockets.push(socket);
        return socket as Socket;
      });
    });
    afterEach(() => {
      jest.restoreAllMocks();
      jest.useRealTimers();
    });

    it('is rejected when its caller has four open notifications, while another caller is served', async () => {
      const evil = Array.from({ length: 4 }, () => users.notify(notification, callOf('evil-vm')));
      await connectedTo(4);
      const rejected = expect(users.notify(notification, callOf('evil-vm'))).rejects.toMatchObject({
        reason: 'RESOURCE_EXHAUSTED',
        message: 'notifications: 4 calls of one caller may be open; try again later',
      });
      await users.notify({ ...notification, Title: taken }, callOf('app-vm'));
      expect(sockets.map(({ destroyed }) => destroyed)).toEqual([...Array<boolean>(4).fill(false), true]);
      for (const socket of sockets) socket.destroy();
      await Promise.all([...evil, rejected]);
    });

    it('is sent for eight calls of the admin at once, because the admin passes on calls of others', async () => {
      const calls = Array.from({ length: 24 }, () => users.notify(notification, callOf('127.0.0.9')));
      await connectedTo(8);
      await expect(users.notify(notification, callOf('app-vm'))).rejects.toMatchObject({
        reason: 'RESOURCE_EXHAUSTED',
        message: 'notifications: 8 calls may be at work at once and 16 wait; try again later',
      });
      expect(sockets).toHaveLength(8);
      for (let index = 0; index < 24; index++) {
        await connectedTo(index + 1);
        sockets[index]!.destroy();
      }
      await Promise.all(calls);
    });
  });
});
