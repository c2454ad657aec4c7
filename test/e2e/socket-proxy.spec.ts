// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { once } from 'node:events';
import { existsSync, linkSync, renameSync, statSync, unlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { carriers, readAll, SocketPair, type SocketPairOptions } from '../support/socket-pair.js';

describe.each(carriers)('a socket of another machine, whose bytes are carried by a %s,', (carrier) => {
  let pair: SocketPair;
  const start = async (options?: SocketPairOptions) => {
    pair = await SocketPair.start({ ...options, carrier });
  };
  afterEach(() => pair.stop());

  const echo = () => pair.serve((socket) => socket.pipe(socket));

  it('passes the answers of the service on, and ends when both directions have ended', async () => {
    await start();
    await echo();
    const socket = pair.dial();
    socket.end('hello');
    expect((await readAll(socket)).toString()).toBe('hello');
  });

  it('lets the end of one direction leave the other open', async () => {
    await start();
    await pair.serve((socket) => {
      void readAll(socket).then((request) => socket.end(`you said ${request.toString()}`));
    });
    const socket = pair.dial();
    socket.end('all of it');
    expect((await readAll(socket)).toString()).toBe('you said all of it');
  });

  it('lets the service end its direction first and continue reading', async () => {
    await start();
    const received = new Promise<Buffer>((resolve) => {
      void pair.serve((socket) => {
        socket.end('go on');
        resolve(readAll(socket));
      });
    });
    const socket = pair.dial();
    expect((await readAll(socket)).toString()).toBe('go on');
    socket.end('thanks');
    expect((await received).toString()).toBe('thanks');
  });

  it('delays BEGIN of a D-Bus client that does not wait for answers, and passes no file descriptors', async () => {
    await start();
    const received: string[] = [];
    await pair.serve((bus) => {
      bus.setEncoding('latin1').on('data', (text: string) => {
        received.push(text);
        if (text.includes('NEGOTIATE')) bus.write('OK 1234\r\nERROR "Unknown command"\r\n');
        else bus.end();
      });
    });
    const socket = pair.dial();
    socket.write('\0AUTH EXTERNAL 30\r\nNEGOTIATE_UNIX_FD\r\nBEGIN\r\nhello');
    expect((await readAll(socket)).toString()).toBe('OK 1234\r\nERROR "Unknown command"\r\n');
    expect(received).toEqual(['\0AUTH EXTERNAL 30\r\nNEGOTIATE_NO_UNIX_FD\r\n', 'BEGIN\r\nhello']);
  });

  it('is closed at once, with one line in the log, while the service does not run, and works as soon as it does', async () => {
    await start();
    for (let n = 0; n < 3; n++) expect(await readAll(pair.dial())).toEqual(Buffer.alloc(0));
    expect(pair.lines.filter((line) => line.includes('no service at'))).toHaveLength(1);
    await echo();
    const socket = pair.dial();
    socket.end('now');
    expect((await readAll(socket)).toString()).toBe('now');
  });

  it('is closed at once while the other agent is unreachable, and works as soon as it is back', async () => {
    await start();
    await echo();
    const open = pair.dial();
    open.write('x');
    await once(open, 'data');
    const { address } = pair.server;
    const ended = readAll(open);
    await pair.server.close();
    await ended;
    expect(await readAll(pair.dial())).toEqual(Buffer.alloc(0));
    await pair.startServer({}, address.protocol === 'tcp' ? address.port : 0);
    for (;;) {
      const socket = pair.dial();
      socket.end('back');
      if ((await readAll(socket).catch(() => '')).toString() === 'back') break;
    }
  });

  it('serves the machine of its transport only, and records other callers', async () => {
    await start({ permitted: 'chrome-vm' });
    await echo();
    expect(await readAll(pair.dial())).toEqual(Buffer.alloc(0));
    expect(await pair.record.next('PERMISSION_DENIED')).toMatchObject({
      peer: 'gui-vm',
      rpc: '/socketproxy.SocketStream/TransferData',
      request: { socket: pair.servicePath },
    });
  });

  it('is subject to the rules of its agent', async () => {
    await start({ rules: 'permit(principal == Source::"gui-vm", action == Command::"Other", resource);' });
    await echo();
    expect(await readAll(pair.dial())).toEqual(Buffer.alloc(0));
    await pair.record.next('PERMISSION_DENIED');
  });

  it('makes a writer wait for a reader that has stopped', async () => {
    await start();
    const accepted = new Promise<void>((resolve) => void pair.serve((socket) => (socket.pause(), resolve())));
    const socket = pair.dial();
    const block = Buffer.alloc(1024 * 1024);
    for (let n = 0; n < 64; n++) socket.write(block);
    await accepted;
    let before = -1;
    // Waits until no more data is transferred.
    while (before !== socket.bytesWritten - socket.writableLength) {
      before = socket.bytesWritten - socket.writableLength;
      for (let turn = 0; turn < 200; turn++) await new Promise((resolve) => setImmediate(resolve));
    }
    expect(before).toBeLessThan(6 * 1024 * 1024);
    expect(socket.writableLength).toBeGreaterThan(50 * 1024 * 1024);
  });

  it('has a limited number of connections on either side', async () => {
    await start({ maxConnections: 2 });
    await echo();
    const open = [pair.dial(), pair.dial()];
    for (const socket of open) {
      socket.write('x');
      await once(socket, 'data');
    }
    expect(await readAll(pair.dial())).toEqual(Buffer.alloc(0));
    expect(pair.lines.at(-1)).toContain('2 connections already');
  });

  it('has the configured mode, replaces the file of a dead server, and is removed at the end', async () => {
    await start();
    expect(statSync(pair.path).mode & 0o7777).toBe(0o770);
    pair.client.close();
    expect(existsSync(pair.path)).toBe(false);
    const dead = createServer().listen(pair.path);
    await once(dead, 'listening');
    linkSync(pair.path, `${pair.path}.kept`);
    dead.close();
    renameSync(`${pair.path}.kept`, pair.path);
    pair.client = pair.makeClient({ carrier });
    await pair.client.listen();
    await echo();
    const socket = pair.dial();
    socket.end('alive');
    expect((await readAll(socket)).toString()).toBe('alive');
  });

  it('is never taken from a running server, and is not removed when it belongs to another server', async () => {
    await start();
    await expect(pair.makeClient().listen()).rejects.toMatchObject({ reason: 'FAILED_PRECONDITION' });
    unlinkSync(pair.path);
    writeFileSync(pair.path, 'another');
    pair.client.close();
    expect(existsSync(pair.path)).toBe(true);
    await expect(pair.makeClient().listen()).rejects.toMatchObject({
      reason: 'FAILED_PRECONDITION',
      message: expect.stringContaining(pair.path),
    });
  });
});
