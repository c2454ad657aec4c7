// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

// One caller makes calls and does not read the answers, or sends headers that need much memory: the cost is limited,
// and others are served.
import { constants, type ClientHttp2Session } from 'node:http2';
import { connect, createSecureContext } from 'node:tls';
import { setTimeout as pause } from 'node:timers/promises';
import { admin as proto, services } from '@givc/rpc';
import { callFields, flag, frame, headerBlock, preface, type } from '../support/http2-frames.js';
import { framed, rawSession } from '../support/raw-call.js';
import { RawConnection } from '../support/raw-connection.js';
import { attack } from './support.js';
import type { BuiltProgram } from '../support/built-program.js';

const allowedMiB = 64;
const [calls, units, mute] = [1_400, 800, 60];
const { queryList } = services['admin.AdminService'];
const { registerService } = proto.AdminServiceService;
const { report } = services['report.Reports'];

const agent = { Name: 'givc-evil-vm.service', Parent: '', Type: 8, State: undefined } as const;
const Transport = { Protocol: 'tcp', Address: '127.0.0.1', Port: '1', Name: 'evil-vm' };
const unit = (n: number): proto.RegistryRequest => ({
  ...{ Name: `evil-${n}.service`, Parent: agent.Name, Type: 9, Transport: undefined },
  State: {
    ...{ Name: '', Description: 'd'.repeat(400), LoadState: 'loaded', ActiveState: 'active', SubState: 'running' },
    ...{ Path: '', FreezerState: 'running' },
  },
});

/**
 * Headers of 60 KiB, by a name and a value that are in HPACK's table after the first call (RFC 7541, 6.1 and 6.2.1).
 */
function headersOf(stream: number): Buffer {
  const length = 3_990;
  const value = [Buffer.from([127, ((length - 127) & 127) | 128, (length - 127) >> 7]), Buffer.alloc(length, 'v')];
  const added = stream === 1 ? [Buffer.from([0x40, 1]), Buffer.from('x'), ...value] : [];
  const block = Buffer.concat([headerBlock(callFields(report.path)), ...added, Buffer.alloc(15, 0x80 | 62)]);
  return frame(type.headers, flag.endHeaders, stream, block);
}

function open(session: ClientHttp2Session, path: string, headers: Record<string, string> = {}): void {
  const call = { [constants.HTTP2_HEADER_METHOD]: 'POST', [constants.HTTP2_HEADER_PATH]: path };
  session
    .request({ ...call, 'content-type': 'application/grpc', te: 'trailers', ...headers })
    .on('error', () => undefined)
    .end(framed(new Uint8Array()));
}

await attack(async (system) => {
  const program: BuiltProgram = await system.startAdmin();
  const client = system.client(program);
  const evil = system.channel(program, 'evil-vm');
  const material = system.material('evil-vm');
  await evil.unary(registerService, { ...agent, Transport });
  for (let n = 0; n < units; n++) await evil.unary(registerService, unit(n)).catch(() => undefined);
  const listed = (await client.queryList()).List.length;

  const tried = async (what: string, act: () => Promise<() => void>): Promise<void> => {
    const before = program.memory().now;
    program.resetPeak();
    const end = await act();
    let isServed = true;
    for (let n = 0; n < 20; n++) {
      await pause(250);
      await client.queryList({ deadlineMs: 10_000 }).catch(() => (isServed = false));
    }
    const grown = program.memory().peak - before;
    end();
    system.check(
      what,
      grown < allowedMiB && isServed,
      `${grown.toFixed(0)} MiB more; others are ${isServed ? '' : 'not '}served`,
    );
  };

  await tried(`${calls} lists of ${listed} entries that are not read`, async () => {
    const session = await rawSession(program.endpoint, material);
    session.setMaxListeners(0);
    await new Promise<void>((resolve) => session.settings({ initialWindowSize: 0 }, () => resolve()));
    for (let n = 0; n < calls; n++) open(session, queryList.path);
    return () => session.destroy();
  });
  await tried(`${calls} calls with headers of 60 KiB that HPACK names`, async () => {
    const connection = await RawConnection.open(program.target(material));
    for (let n = 0; n < calls; n++) connection.send(headersOf(1 + 2 * n));
    return () => connection.destroy();
  });
  await tried(`endless calls of an unknown rpc, over ${mute} connections that are not read`, async () => {
    const context = createSecureContext(material);
    const refused = headerBlock(callFields('/no.Service/Rpc'));
    const sockets = Array.from({ length: mute }, () => {
      const socket = connect({
        ...{ host: '127.0.0.1', port: program.port, secureContext: context, servername: program.name },
        ...{ ALPNProtocols: ['h2'], checkServerIdentity: () => undefined },
      });
      socket
        .on('error', () => undefined)
        .once('secureConnect', () => {
          socket.pause();
          socket.write(Buffer.concat([preface, frame(type.settings, 0, 0, Buffer.alloc(0))]));
          let stream = 1;
          const send = (): void => {
            if (socket.destroyed) return;
            const calls = Array.from({ length: 200 }, () =>
              frame(type.headers, flag.endHeaders | flag.endStream, (stream += 2), refused),
            );
            if (socket.write(Buffer.concat(calls))) setImmediate(send);
            else socket.once('drain', () => setImmediate(send));
          };
          send();
        });
      return socket;
    });
    return await Promise.resolve(() => sockets.forEach((socket) => socket.destroy()));
  });
});
