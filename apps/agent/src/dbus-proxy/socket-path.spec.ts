// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { chmodSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { prepareSocketPath } from './socket-path.js';

describe('the path of a socket', () => {
  const clear = (socket: string) => prepareSocketPath({ socket, user: undefined });
  let folder = '';
  let server: Server | undefined;
  beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'place-'))));
  afterEach(() => {
    server?.close();
    rmSync(folder, { recursive: true });
  });

  it('is free when no file is there', async () => {
    await expect(clear(join(folder, 'bus'))).resolves.toBeUndefined();
  });

  it('is free when the process that listened there has ended', async () => {
    const path = join(folder, 'bus');
    const leave = `require('net').createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 'SIGKILL'))`;
    spawnSync(process.execPath, ['-e', leave]);
    await expect(clear(path)).resolves.toBeUndefined();
  });

  it('is rejected while a process listens there', async () => {
    const path = join(folder, 'bus');
    server = createServer((connection) => connection.destroy());
    await new Promise<void>((resolve) => server!.listen(path, resolve));
    await expect(clear(path)).rejects.toMatchObject({
      reason: 'FAILED_PRECONDITION',
      message: `another process listens on ${path}: choose another path`,
    });
  });

  it('is rejected when another kind of file or a link is there', async () => {
    const [file, link] = [join(folder, 'file'), join(folder, 'link')];
    writeFileSync(file, 'kept');
    symlinkSync('/run/dbus/system_bus_socket', link);
    for (const path of [file, link]) await expect(clear(path)).rejects.toThrow(`${path} is not a socket`);
  });

  it('gets a new folder only where the agent alone may write', async () => {
    await expect(clear(join(folder, 'new/bus'))).resolves.toBeUndefined();
    expect(statSync(join(folder, 'new')).mode & 0o777).toBe(0o755);
  });

  it('gets no new folder where others may write, and at most one new folder', async () => {
    const why = (missing: string) => `the folder ${join(folder, missing)} of its socket is missing`;
    await expect(clear(join(folder, 'none/deep/bus'))).rejects.toThrow(why('none/deep'));
    chmodSync(folder, 0o1777);
    await expect(clear(join(folder, 'none/bus'))).rejects.toThrow(why('none'));
  });
});
