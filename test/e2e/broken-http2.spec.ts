// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { createSecureContext } from 'node:tls';
import { services } from '@givc/rpc';
import { TestSystem } from '@givc/testing';
import { callFields, flag, frame, headerBlock, message, type, uint32 } from '../support/http2-frames.js';
import { RawConnection, type Target } from '../support/raw-connection.js';

function targetIn(system: TestSystem): Target {
  const { port } = system.admin.endpoint.address as { port: number };
  return { host: '127.0.0.1', port, secureContext: createSecureContext(system.material('rude-vm')) };
}

describe('a caller with invalid HTTP/2', () => {
  let system: TestSystem;
  let target: Target;

  beforeAll(async () => {
    system = await TestSystem.start();
    target = targetIn(system);
  });
  afterAll(() => system.close());

  const staysOpen = async (connection: RawConnection): Promise<void> => {
    await connection.room(1);
    await connection.read();
    expect(connection.isOver).toBe(false);
    connection.destroy();
  };
  const answers = () => expect(system.client().queryList()).resolves.toEqual({ List: [] });

  it.each([
    ['a known rpc', callFields('/admin.AdminService/QueryList')],
    ['an unknown rpc', callFields('/no.Service/Rpc')],
    ['a call that is not gRPC', callFields('/').with(5, ['content-type', 'text/plain'])],
  ])('may call %s and cancel the call at once', async (_, fields) => {
    const connection = await RawConnection.open(target);
    for (let n = 0; n < 500; n++) {
      const [kept, taken] = [connection.newStream(), connection.newStream()];
      connection.send(
        frame(type.headers, flag.endHeaders, kept, headerBlock(callFields('/admin.AdminService/QueryList'))),
      );
      connection.sendData(kept, message(Buffer.alloc(0)), true);
      connection.send(frame(type.headers, flag.endHeaders, taken, headerBlock(fields)));
      connection.sendData(taken, message(Buffer.alloc(1_000)), true);
      connection.send(frame(type.rstStream, 0, taken, uint32(n % 14)));
      connection.forget(taken);
      await connection.room(50);
    }
    await staysOpen(connection);
    await answers();
  });

  it('may cancel calls at once that have not begun', async () => {
    const connection = await RawConnection.open(target);
    const streams = Array.from({ length: 90 }, () => connection.newStream());
    const fields = headerBlock(callFields('/admin.AdminService/QueryList'));
    // All in one write, so that the server reads the frames in one turn of its event loop.
    connection.send(
      Buffer.concat([
        ...streams.map((stream) => frame(type.headers, flag.endHeaders, stream, fields)),
        ...streams.map((stream) => frame(type.rstStream, 0, stream, uint32(1))),
      ]),
    );
    for (const stream of streams) connection.forget(stream);
    await staysOpen(connection);
    await answers();
  });

  it('gets a short error for a long name, even when each of its characters is escaped', async () => {
    const { check } = services['grpc.health.v1.Health'];
    const asked = system.channel(system.admin).unary(check, { service: '💥'.repeat(10_000) });
    await expect(asked).rejects.toMatchObject({
      reason: 'NOT_FOUND',
      message: expect.stringMatching(/^service: this server has no service "(💥)+…"$/u),
    });
  });

  it('does not fill the log with what it sends', async () => {
    const connection = await RawConnection.open(target);
    const written = jest.spyOn(console, 'error').mockReturnValue();
    const stream = connection.newStream();
    const fields = headerBlock([...callFields('/admin.AdminService/QueryList'), ['x', '\xff\x80']]);
    connection.send(frame(type.headers, flag.endHeaders, stream, fields));
    connection.sendData(stream, message(Buffer.alloc(0)), true);
    await connection.room(1);
    connection.destroy();
    expect(written).not.toHaveBeenCalled();
    written.mockRestore();
  });

  it('is disconnected, even where Node only sends GOAWAY', async () => {
    const impatient = await TestSystem.start({ keepalive: { everyMs: 1_000, answerMs: 1_000 } });
    const connection = await RawConnection.open(targetIn(impatient));
    connection.send(frame(type.settings, 0, 0, Buffer.alloc(5)));
    await connection.closed();
    await expect(impatient.client().queryList()).resolves.toEqual({ List: [] });
    await impatient.close();
  });
});
