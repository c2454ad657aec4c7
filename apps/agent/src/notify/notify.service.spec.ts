import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { Log } from '@givc/log';
import type { AgentConfig } from '../agent.config.js';
import { NotifyService } from './notify.service.js';

const notification = { Event: 'Battery', Title: 'Low', Urgency: 2, Icon: 'battery', Message: 'äö "5 %"' };

describe('a notification', () => {
  let folder: string;
  let servers: Server[];
  let lines: string[];
  const service = (socket = folder) =>
    new NotifyService(
      { capabilities: { notifier: { enable: true, socket } } } as AgentConfig,
      new Log('debug', (line) => lines.push(line)),
    );

  /** Listens there; `heard` is what the first connection has said when it is closed. */
  const listen = async (name: string): Promise<{ readonly heard: Promise<string> }> => {
    const server = createServer();
    servers.push(server);
    const heard = once(server, 'connection').then(([socket]) => text(socket as Socket));
    server.listen(join(folder, name));
    await once(server, 'listening');
    return { heard };
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'givc-notify-'));
    [servers, lines] = [[], []];
  });
  afterEach(() => {
    for (const server of servers) server.close();
    rmSync(folder, { recursive: true });
  });

  it('is one JSON object to each socket of the folder, and what is no socket gets nothing', async () => {
    const listeners = [await listen('a.sock'), await listen('b.sock')];
    writeFileSync(join(folder, 'file'), '');
    await service().notify(notification);
    for (const { heard } of listeners) expect(JSON.parse(await heard)).toEqual(notification);
    expect(lines).toEqual([]);
  });

  it('waits for nobody who does not read, and says who is not there', async () => {
    const silent = createServer({ pauseOnConnect: true }).listen(join(folder, 'silent.sock'));
    await once(silent, 'listening');
    const connected = once(silent, 'connection');
    const stale = spawnSync(process.execPath, [
      '-e',
      `net.createServer().listen('${folder}/stale.sock', () => process.kill(process.pid, 'SIGKILL'))`,
    ]);
    expect(stale.signal).toBe('SIGKILL');
    const { heard } = await listen('last.sock');
    await service().notify(notification);
    expect(JSON.parse(await heard)).toEqual(notification);
    expect(lines).toEqual([expect.stringContaining('stale.sock')]);
    const [socket] = (await connected) as [Socket];
    socket.destroy();
    silent.close();
  });

  it('is nothing to nobody', async () => {
    await service().notify(notification);
    await service(join(folder, 'nowhere')).notify(notification);
  });
});
