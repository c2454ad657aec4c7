// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GivcError, parseVmName, type Address } from '@givc/model';
import { anyCid, anyPort, FakeVsockNetwork, Vsock, type VsockAddress } from '@givc/vsock';
import { GrpcDialer } from '../client/dialer.js';
import { RpcChannel } from '../client/rpc-channel.js';
import { services } from '../contract.js';
import { connectionFailureOf } from '../connection-failure.js';
import type { socketproxy } from '../messages.js';
import { testAuthority } from '../tls/test-authority.fixture.js';
import { TlsIdentity } from '../tls/tls-identity.js';
import { rpcsHandledBy } from './handled-rpcs.fixture.js';
import { SocketTransport, type SocketTransportOptions } from './socket-transport.js';
import type { StreamingCall } from './streaming-call.js';
import type { UnaryCall } from './unary-call.js';

const authority = testAuthority();
const { getHwId } = services['hwid.HwidService'];
const { transferData } = services['socketproxy.SocketStream'];
const vsockAny: Address = { protocol: 'vsock', cid: anyCid, port: anyPort };

describe('gRPC over vsock', () => {
  let network: FakeVsockNetwork;
  let open: (() => unknown)[];
  /** Who has called, as `NAME ADDRESS`. */
  let callers: string[];
  /** The number of PING frames that reached streaming calls. */
  let pings: number;
  /** What is done about a unary call. */
  let answer: (call: UnaryCall | StreamingCall) => void;

  beforeEach(() => {
    network = new FakeVsockNetwork();
    [open, callers, pings] = [[], [], 0];
    answer = (call) => call.answer({ Identifier: 'a' });
  });
  afterEach(async () => {
    for (const close of open.reverse()) await close();
  });

  const identity = (name: string) => new TlsIdentity(authority.issue(name));

  /** A server of the machine with the CID 2. */
  async function serve(options: Partial<SocketTransportOptions> = {}): Promise<readonly Address[]> {
    const transport = new SocketTransport({
      listen: [vsockAny],
      tls: identity('admin-vm'),
      vsock: network.machine(2),
      ...options,
    });
    const rpcs = rpcsHandledBy({
      [getHwId.path]: (call) => {
        const certificate = call.getAuthContext().sslPeerCertificate;
        callers.push(`${String(certificate?.subject.CN)} ${call.getPeer().replace(/:[0-9]+$/, '')}`);
        answer(call);
      },
      [transferData.path]: (call) => {
        (call as StreamingCall).onPing(() => pings++);
        (call as StreamingCall).pipe(call as StreamingCall);
      },
    });
    const addresses = await transport.open(rpcs);
    open.push(() => transport.close());
    return addresses;
  }

  const portOf = (address: Address | undefined) => (address as VsockAddress).port;

  function dial(address: Address, from = 3, name: string | null = `vm${from}`, to = 'admin-vm'): RpcChannel {
    const dialer = new GrpcDialer(name === null ? undefined : identity(name), network.machine(from));
    const channel = new RpcChannel({ name: parseVmName('name', to), address }, dialer);
    open.push(() => channel.close());
    return channel;
  }
  const call = (channel: RpcChannel) => channel.unary(getHwId, {}, { deadlineMs: 20_000 });
  const problemOf = async (channel: RpcChannel) => {
    const error: unknown = await call(channel).catch((caught: unknown) => caught);
    return connectionFailureOf(error as GivcError);
  };

  it('is served beside TCP and a unix socket, and a caller is who its certificate says', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'givc-'));
    open.push(() => rmSync(folder, { recursive: true }));
    const [tcp, unix, vsock] = await serve({
      listen: [
        { protocol: 'tcp', host: '127.0.0.1', port: 0 },
        { protocol: 'unix', path: join(folder, 'a') },
        vsockAny,
      ],
    });
    for (const address of [tcp!, unix!]) await call(dial(address));
    await call(dial({ protocol: 'vsock', cid: 2, port: portOf(vsock) }));
    await call(dial({ protocol: 'vsock', cid: 2, port: portOf(vsock) }, 4));
    expect(callers).toEqual(['vm3 127.0.0.1', 'vm3 unknown', 'vm3 vsock:3', 'vm4 vsock:4']);
  });

  it('counts a caller by its CID where it has no certificate', async () => {
    const [vsock] = await serve({ tls: undefined, limits: { openCallsOfPeer: 1 } });
    const address = { protocol: 'vsock', cid: 2, port: portOf(vsock) } as const;
    const held: (UnaryCall | StreamingCall)[] = [];
    const isHeld = new Promise<void>((resolve) => {
      answer = (incoming) => {
        if (held.push(incoming) === 2) resolve();
      };
    });
    const [one, same, other] = [3, 3, 4].map((from) => dial(address, from, null));
    const first = call(one!);
    while (held.length === 0) await new Promise(setImmediate);
    await expect(call(same!)).rejects.toMatchObject({ reason: 'RESOURCE_EXHAUSTED' });
    const third = call(other!);
    await isHeld;
    for (const incoming of held) incoming.answer({ Identifier: 'a' });
    await Promise.all([first, third]);
  });

  it('cuts the oldest handshake of a machine that begins too many, and none of another', async () => {
    const [vsock] = await serve({ limits: { handshakesOfAddress: 1 } });
    const connect = async (from: number) => {
      const socket = await network.machine(from).connect({ cid: 2, port: portOf(vsock) });
      open.push(() => socket.destroy());
      return socket.on('error', () => undefined).resume();
    };
    const [first, other] = [await connect(3), await connect(4)];
    const isCut = (socket: Socket) => once(socket, 'close');
    const cut = isCut(first);
    let isOtherCut = false;
    void isCut(other).then(() => (isOtherCut = true));
    await connect(3);
    await cut;
    expect(isOtherCut).toBe(false);
  });

  it('carries a stream, its backpressure and its end in one direction', async () => {
    const [vsock] = await serve();
    const stream = dial({ protocol: 'vsock', cid: 2, port: portOf(vsock) }).duplex(transferData, {
      deadlineMs: 20_000,
    });
    const chunk = Buffer.alloc(64 * 1024, 'x');
    let echoed = 0;
    let hasWaited = false;
    stream.on('data', ({ Chunk }: socketproxy.StreamFrame) => (echoed += Chunk.length));
    stream.pause();
    for (let written = 0; written < 64; written++) {
      if (stream.write({ Chunk: chunk, Eof: false })) continue;
      hasWaited = true;
      const drained = once(stream, 'drain');
      stream.resume();
      await drained;
    }
    stream.end();
    stream.resume();
    await once(stream, 'end');
    expect([echoed, hasWaited]).toEqual([64 * chunk.length, true]);
  });

  it('carries the PING frames of a call', async () => {
    const [vsock] = await serve();
    const stream = dial({ protocol: 'vsock', cid: 2, port: portOf(vsock) }).duplex(transferData);
    stream.on('error', () => undefined);
    const begun = once(stream, 'metadata');
    stream.write({ Chunk: Buffer.alloc(1), Eof: false });
    await begun;
    await new Promise<void>((resolve) => stream.ping(resolve));
    expect(pings).toBe(1);
    stream.cancel();
  });

  it('ends a connection whose other end does not answer a ping', async () => {
    const [vsock] = await serve({ tls: undefined, keepalive: { everyMs: 5, answerMs: 5 } });
    const socket = await network.machine(3).connect({ cid: 2, port: portOf(vsock) });
    // The preface of HTTP/2 and empty settings (RFC 9113, 3.4).
    socket.write('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\u0004\0\0\0\0\0', 'latin1');
    await once(socket.on('error', () => undefined).resume(), 'close');
  });

  it('continues with the server that listens there after the first has ended', async () => {
    const [vsock] = await serve();
    const port = portOf(vsock);
    const channel = dial({ protocol: 'vsock', cid: 2, port });
    channel.keepConnected();
    await call(channel);
    await open.shift()!();
    await serve({ listen: [{ protocol: 'vsock', cid: 2, port }] });
    await new Promise<void>((resolve) => {
      const look = () => channel.state === 'READY' && resolve();
      channel.onState(look);
      look();
    });
    await call(channel);
    expect(callers).toEqual(['vm3 vsock:3', 'vm3 vsock:3']);
  });

  it('reaches no server whose certificate has another name', async () => {
    const [vsock] = await serve();
    const channel = dial({ protocol: 'vsock', cid: 2, port: portOf(vsock) }, 3, 'vm3', 'other-vm');
    expect(await problemOf(channel)).toMatchObject({ state: 'not-connected', problem: 'other-name' });
  });

  it('reports that nothing listens, and that no machine has the CID', async () => {
    network.machine(2);
    expect(await problemOf(dial({ protocol: 'vsock', cid: 2, port: 5 }))).toMatchObject({ problem: 'refused' });
    expect(await problemOf(dial({ protocol: 'vsock', cid: 99, port: 5 }))).toMatchObject({
      problem: 'no-machine',
      detail: '99',
    });
  });

  it('reports that the program or the kernel has no vsock', async () => {
    class Without extends Vsock {
      constructor(private readonly error: GivcError) {
        super();
      }
      listen = () => Promise.reject(new Error());
      connect = () => Promise.reject(this.error);
    }
    const problem = async (error: GivcError) => {
      const endpoint = {
        name: parseVmName('name', 'admin-vm'),
        address: { protocol: 'vsock', cid: 2, port: 5 },
      } as const;
      const channel = new RpcChannel(endpoint, new GrpcDialer(undefined, new Without(error)));
      open.push(() => channel.close());
      return problemOf(channel);
    };
    const cause = Object.assign(new Error(), { code: 'EAFNOSUPPORT' });
    expect(await problem(new GivcError('UNAVAILABLE', 'no vsock', { cause }))).toMatchObject({
      problem: 'no-vsock',
    });
    expect(await problem(new GivcError('FAILED_PRECONDITION', 'no koffi'))).toMatchObject({
      problem: 'no-koffi',
    });
  });

  it('closes a connection that is established after its channel was closed', async () => {
    const [vsock] = await serve({ tls: undefined });
    let connected!: () => void;
    const started = new Promise<void>((resolve) => (connected = resolve));
    let go!: () => void;
    const held = new Promise<void>((resolve) => (go = resolve));
    const machine = network.machine(3);
    const late: Promise<Socket>[] = [];
    class Late extends Vsock {
      listen = machine.listen.bind(machine);
      connect = async (address: VsockAddress) => {
        connected();
        await held;
        late.push(machine.connect(address));
        return late[0]!;
      };
    }
    const endpoint = {
      name: parseVmName('name', 'admin-vm'),
      address: { protocol: 'vsock', cid: 2, port: portOf(vsock) },
    } as const;
    const channel = new RpcChannel(endpoint, new GrpcDialer(undefined, new Late()));
    channel.keepConnected();
    await started;
    channel.close();
    go();
    await Promise.resolve();
    while (late.length === 0) await new Promise(setImmediate);
    const socket = await late[0]!;
    if (!socket.closed) await once(socket, 'close');
  });
});
