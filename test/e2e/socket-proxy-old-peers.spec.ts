// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { once } from 'node:events';
import { Server, type ServerDuplexStream } from '@grpc/grpc-js';
import { parseVmName, type Endpoint } from '@givc/model';
import { GrpcDialer, RpcChannel, services, type socketproxy } from '@givc/rpc';
import { identityOf } from '@givc/testing';
import { listen } from '../support/grpc-server.js';
import { readAll, SocketPair } from '../support/socket-pair.js';

type Frame = socketproxy.StreamFrame;
const { transferData } = services['socketproxy.SocketStream'];
const eof: Frame = { Chunk: Buffer.alloc(0), Eof: true };

/** Peers that know only the contract understand `Eof` as the end of the other socket in both directions. */
describe('a socket proxy with a peer of another implementation', () => {
  let pair: SocketPair;
  beforeEach(async () => {
    pair = await SocketPair.start();
  });
  afterEach(() => pair.stop());

  describe('the end of the proxy that listens', () => {
    let channel: RpcChannel;
    beforeEach(() => {
      channel = new RpcChannel(pair.endpoint, new GrpcDialer(identityOf(pair.material('gui-vm'))));
    });
    afterEach(() => channel.close());

    it('closes the socket of the service entirely when the peer sends Eof, and ends the call', async () => {
      const received = new Promise<string>((resolve) => {
        void pair.serve((socket) => {
          socket.once('data', (bytes) => {
            // The call would never end.
            const timer = setInterval(() => socket.write('tick'), 1);
            socket.once('close', () => {
              clearInterval(timer);
              resolve(bytes.toString());
            });
          });
        });
      });
      const call = channel.duplex(transferData);
      const status = once(call, 'status');
      call.on('error', () => undefined).resume();
      call.write({ Chunk: Buffer.from('bye'), Eof: false });
      call.write(eof);
      expect(await received).toBe('bye');
      expect(await status).toMatchObject([{ code: 0 }]);
    });

    it('sends it one Eof when the service has ended', async () => {
      await pair.serve((socket) => socket.end('all there is'));
      const call = channel.duplex(transferData);
      const frames: Frame[] = [];
      call.on('data', (frame: Frame) => {
        frames.push(frame);
        if (!frame.Eof) return;
        call.write(eof);
        call.end();
      });
      await once(call, 'status');
      expect(Buffer.concat(frames.map(({ Chunk }) => Chunk)).toString()).toBe('all there is');
      expect(frames.filter(({ Eof }) => Eof)).toHaveLength(1);
    });
  });

  describe('the end of the proxy that has the service', () => {
    let server: Server;
    let client: { close(): void };
    const path = () => `${pair.folder}/old`;
    const startOldServer = async (handle: (call: ServerDuplexStream<Frame, Frame>) => void) => {
      server = new Server();
      server.addService({ TransferData: transferData }, { TransferData: handle });
      const port = await listen(server, pair.material('net-vm'));
      const peer: Endpoint = {
        name: parseVmName('name', 'net-vm'),
        address: { protocol: 'tcp', host: '127.0.0.1', port },
      };
      const made = pair.makeClient({}, path(), peer);
      await made.listen();
      client = made;
    };
    afterEach(() => {
      client.close();
      server.forceShutdown();
    });

    it('closes the socket here entirely when the peer sends Eof', async () => {
      await startOldServer((call) => {
        call.write({ Chunk: Buffer.from('the end'), Eof: false });
        call.write(eof);
      });
      const socket = pair.dial(path());
      expect((await readAll(socket)).toString()).toBe('the end');
      // The socket is closed, not half closed: writing fails now.
      const broken = once(socket, 'error');
      const timer = setInterval(() => socket.write('x'), 1);
      expect((await broken)[0]).toMatchObject({ code: 'EPIPE' });
      clearInterval(timer);
    });

    it('sends Eof after all data once the socket here has ended', async () => {
      const received = new Promise<Frame[]>((resolve) => {
        void startOldServer((call) => {
          const frames: Frame[] = [];
          call.on('data', (frame: Frame) => {
            frames.push(frame);
            if (!frame.Eof) return;
            resolve(frames);
            call.end();
          });
        }).then(() => pair.dial(path()).end('hello'));
      });
      const frames = await received;
      expect(Buffer.concat(frames.map(({ Chunk }) => Chunk)).toString()).toBe('hello');
      expect(frames.at(-1)!.Eof).toBe(true);
    });
  });
});
