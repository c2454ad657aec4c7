// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import fs, {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { once } from 'node:events';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { listenAtFile, type SocketFile } from './socket-file.js';

const isRoot = process.getuid!() === 0;

describe('the file of a socket', () => {
  let folder: string;
  let path: string;
  let servers: Server[];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'givc-'));
    path = join(folder, 'proxy.sock');
    servers = [];
  });
  afterEach(() => {
    jest.restoreAllMocks();
    for (const server of servers) server.close();
    rmSync(folder, { recursive: true });
  });

  const listen = async (more: Partial<SocketFile> = {}) => {
    const server = createServer((socket) => socket.end('hello'));
    servers.push(server);
    return {
      server,
      stop: await listenAtFile(server, { path, owner: undefined, group: undefined, mode: 0o770, ...more }),
    };
  };
  const answerAt = async (where: string): Promise<string> => {
    const [bytes] = (await once(connect(where), 'data')) as [Buffer];
    return bytes.toString();
  };

  it.each([0o770, 0o600, 0o777])(
    'is a socket with the mode %o, alone in its folder, and accepts connections',
    async (mode) => {
      await listen({ mode });
      expect(statSync(path).isSocket()).toBe(true);
      expect(statSync(path).mode & 0o7777).toBe(mode);
      expect(readdirSync(folder)).toEqual(['proxy.sock']);
      expect(await answerAt(path)).toBe('hello');
    },
  );

  it('has its mode from the moment at which it exists', async () => {
    const rename = jest.spyOn(fs, 'renameSync').mockImplementation((made) => {
      expect(existsSync(path)).toBe(false);
      expect(statSync(made).mode & 0o7777).toBe(0o740);
      expect(statSync(join(made as string, '..')).mode & 0o777).toBe(0o700);
    });
    await listen({ mode: 0o740 });
    expect(rename).toHaveBeenCalledTimes(1);
  });

  (isRoot ? it : it.skip)('belongs to the owner and the group that are asked for', async () => {
    await listen({ owner: 'nobody' });
    expect(statSync(path)).toMatchObject({ uid: 65534, gid: 0 });
    servers.pop()!.close();
    unlinkSync(path);
    await listen({ group: 'nogroup' });
    expect(statSync(path)).toMatchObject({ uid: 0, gid: 65534 });
  });

  it('belongs to the user of the agent by default', async () => {
    await listen();
    expect(statSync(path)).toMatchObject({ uid: userInfo().uid, gid: userInfo().gid });
  });

  it('is not created for an unknown group, and leaves nothing behind', async () => {
    await expect(listen({ group: 'no-such-group' })).rejects.toMatchObject({
      reason: 'FAILED_PRECONDITION',
      message: `cannot listen on ${path}: chown: invalid group: ':no-such-group'`,
    });
    expect(readdirSync(folder)).toEqual([]);
    expect(servers[0]!.listening).toBe(false);
  });

  it('is not created in a missing folder', async () => {
    path = join(folder, 'none', 'proxy.sock');
    await expect(listen()).rejects.toMatchObject({
      reason: 'FAILED_PRECONDITION',
      message: expect.stringMatching(/^cannot listen on .*\/none\/proxy\.sock: .*ENOENT/),
    });
  });

  it('fails for the same reason with the same message each time, which names the file', async () => {
    jest.spyOn(fs, 'chmodSync').mockImplementation((made) => {
      throw new Error(`EPERM: operation not permitted, chmod '${String(made)}'`);
    });
    for (let n = 0; n < 2; n++)
      await expect(listen()).rejects.toMatchObject({
        message: `cannot listen on ${path}: EPERM: operation not permitted, chmod '${path}'`,
      });
    expect(readdirSync(folder)).toEqual([]);
  });

  it.each([
    ['a file', () => writeFileSync(path, 'precious')],
    ['a folder', () => mkdirSync(path)],
    ['a link', () => symlinkSync('/etc/passwd', path)],
  ])('does not replace %s', async (_, make) => {
    make();
    const before = fs.lstatSync(path).ino;
    await expect(listen()).rejects.toMatchObject({
      reason: 'FAILED_PRECONDITION',
      message: `cannot listen on ${path}: the path exists and is not a socket`,
    });
    expect(fs.lstatSync(path).ino).toBe(before);
  });

  it('is removed when its server stops, which then accepts no connection', async () => {
    const { server, stop } = await listen();
    stop();
    expect(readdirSync(folder)).toEqual([]);
    expect(server.listening).toBe(false);
  });

  it('is kept when another server has replaced it before its own server stops', async () => {
    const { stop } = await listen();
    unlinkSync(path);
    await listen();
    stop();
    expect(await answerAt(path)).toBe('hello');
  });

  it('may already be missing when its server stops', async () => {
    const { stop } = await listen();
    unlinkSync(path);
    stop();
    expect(readdirSync(folder)).toEqual([]);
  });
});
