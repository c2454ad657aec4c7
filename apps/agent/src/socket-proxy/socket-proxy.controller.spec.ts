// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Metadata } from '@grpc/grpc-js';
import type { VmName } from '@givc/model';
import { SocketProxyController } from './socket-proxy.controller.js';
import { settled } from '../../fixtures/fake-time.fixture.js';
import { FakeFrames } from './transfer.fixture.js';

/** The server's end of a call of a machine, which is known by its certificate unless TLS is off. */
class FakeCall extends FakeFrames {
  cancelled = false;
  readonly metadata = new Metadata();
  readonly answered: Metadata[] = [];

  constructor(private readonly caller: string | undefined) {
    super();
  }

  getAuthContext() {
    if (this.caller === undefined) return {};
    const sslPeerCertificate = { subjectaltname: `DNS:${this.caller}, DNS:gui-vm`, serialNumber: '01', valid_from: '' };
    return { sslPeerCertificate };
  }

  getPeer(): string {
    return '127.0.0.1:1';
  }

  sendMetadata(metadata: Metadata): void {
    this.answered.push(metadata);
  }
}

describe('the socket of a service that is offered to one machine', () => {
  let folder: string;
  let path: string;
  let service: Server | undefined;
  let sockets: Socket[];
  let calls: FakeCall[];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'givc-'));
    path = join(folder, 'service');
    [service, sockets, calls] = [undefined, [], []];
  });
  afterEach(() => {
    for (const one of [...calls, ...sockets]) one.destroy();
    service?.close();
    rmSync(folder, { recursive: true });
  });

  const serve = async () => {
    service = createServer({ allowHalfOpen: true }, (socket) => sockets.push(socket.on('error', () => undefined)));
    service.listen(path);
    await once(service, 'listening');
  };
  const offer = (maxConnections = 8) =>
    new SocketProxyController({
      socket: path,
      permittedPeer: 'gui-vm' as VmName,
      maxConnections,
      rejectedUsers: new Set<string>(),
    });
  const callAs = (caller?: string) => {
    const call = new FakeCall(caller);
    calls.push(call);
    return call;
  };
  const transfer = (controller: SocketProxyController, call: FakeCall) => {
    const done = controller.transferData(call as never);
    done.catch(() => undefined);
    return done;
  };
  /** Resolves with the next connection to the service. */
  const connected = async (count = 1): Promise<Socket> => {
    while (sockets.length < count) await once(service!, 'connection');
    return sockets[count - 1]!;
  };

  it('is joined with a call of that machine, whose metadata says that one direction can be closed', async () => {
    await serve();
    const call = callAs('gui-vm');
    call.metadata.set('givc-half-close', '1');
    const done = transfer(offer(), call);
    const socket = await connected();
    call.send('request', true);
    const [request] = (await once(socket, 'data')) as [Buffer];
    expect(request.toString()).toBe('request');
    socket.end('response');
    await done;
    expect(call.received).toEqual(['response', ' (end)']);
    expect(call.answered.map((metadata) => metadata.getMap())).toEqual([{ 'givc-half-close': '1' }]);
  });

  it('is still read when it has ended its own direction first', async () => {
    await serve();
    const call = callAs('gui-vm');
    call.metadata.set('givc-half-close', '1');
    const done = transfer(offer(), call);
    const socket = await connected();
    socket.end('go on');
    while (!call.received.includes(' (end)')) await settled();
    call.send('thanks', true);
    const [bytes] = (await once(socket, 'data')) as [Buffer];
    expect(bytes.toString()).toBe('thanks');
    await done;
  });

  it('is closed by an Eof of a machine that cannot close one direction', async () => {
    await serve();
    const call = callAs('gui-vm');
    const done = transfer(offer(), call);
    await connected();
    call.sendEof();
    await done;
    expect(call.received).toEqual([' (end)']);
  });

  it.each(['chrome-vm', 'gui-vm.example', ''])(
    'rejects the machine %j, even when a later name in its certificate is the permitted one',
    async (caller) => {
      await serve();
      const call = callAs(caller);
      const rejected = transfer(offer(), call).then(
        () => 'served',
        (error: unknown) => error,
      );
      expect(await Promise.race([rejected, connected().then(() => 'connected')])).toMatchObject({
        reason: 'PERMISSION_DENIED',
        message: `${caller} may not use ${path}: only gui-vm may`,
      });
      expect(sockets).toEqual([]);
      expect([call.answered, call.received]).toEqual([[], []]);
    },
  );

  it('is open to every caller when TLS is off, because callers have no names', async () => {
    await serve();
    void transfer(offer(), callAs());
    expect(await connected()).toBeDefined();
  });

  it('accepts a limited number of connections, and the next one when one has ended', async () => {
    await serve();
    const controller = offer(2);
    const first = callAs('gui-vm');
    const done = transfer(controller, first);
    void transfer(controller, callAs('gui-vm'));
    await expect(transfer(controller, callAs('gui-vm'))).rejects.toMatchObject({
      reason: 'RESOURCE_EXHAUSTED',
      message: `${path} has 2 connections already`,
    });
    await connected(2);
    first.sendEof();
    await done;
    void transfer(controller, callAs('gui-vm'));
    expect(await connected(3)).toBeDefined();
  });

  it('does not count connections of rejected machines, or while the service is down', async () => {
    const controller = offer(1);
    for (const caller of ['chrome-vm', 'gui-vm', 'chrome-vm', 'gui-vm'])
      await expect(transfer(controller, callAs(caller))).rejects.toMatchObject({
        reason: caller === 'gui-vm' ? 'UNAVAILABLE' : 'PERMISSION_DENIED',
      });
  });

  it('is unavailable while the service is down, with the path in the error', async () => {
    expect(existsSync(path)).toBe(false);
    await expect(transfer(offer(), callAs('gui-vm'))).rejects.toMatchObject({
      reason: 'UNAVAILABLE',
      message: expect.stringMatching(/^no service at .*\/service: .*ENOENT/),
    });
  });

  it('is closed at once when the caller has hung up before it was connected', async () => {
    await serve();
    const call = callAs('gui-vm');
    call.cancelled = true;
    await transfer(offer(), call);
    const socket = await connected();
    socket.resume();
    if (!socket.readableEnded) await once(socket, 'end');
    await settled();
    expect(call.answered).toEqual([]);
  });
});
