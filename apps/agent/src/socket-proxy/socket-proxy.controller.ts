// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { Controller } from '@nestjs/common';
import { GrpcStreamCall } from '@nestjs/microservices';
import { noteChange } from '@givc/access';
import { GivcError, messageOf } from '@givc/model';
import { halfCloseKey, sendMetadata, type BidiStreamingCall } from '@givc/rpc';
import { assertPermitted } from '../proxy/assert-permitted.js';
import { supportsHalfClose, type Frame } from './transfer-call.js';
import { ServedSocket } from './served-socket.js';
import { splice } from './splice.js';

type TransferCall = BidiStreamingCall<Frame, Frame>;

/** `socketproxy.SocketStream` of one socket: each call is a connection to it. */
@Controller()
export class SocketProxyController {
  #open = 0;

  constructor(private readonly served: ServedSocket) {}

  @GrpcStreamCall('SocketStream', 'TransferData')
  async transferData(call: TransferCall): Promise<void> {
    const { socket: path, permittedPeer, maxConnections, rejectedUsers } = this.served;
    noteChange(call, { socket: path });
    assertPermitted(call, permittedPeer, `use ${path}`);
    if (this.#open >= maxConnections)
      throw new GivcError('RESOURCE_EXHAUSTED', `${path} has ${maxConnections} connections already`);
    this.#open++;
    try {
      const socket = await this.#connect(path);
      // No listener receives errors of the socket yet.
      if (call.cancelled) return void socket.destroy();
      sendMetadata(call, { [halfCloseKey]: '1' });
      await splice(socket, call, {
        client: 'frames',
        halfCloses: () => supportsHalfClose(call.metadata),
        onRejectedUser: (uid) => rejectedUsers.add(uid),
      });
    } finally {
      this.#open--;
    }
  }

  /** UNAVAILABLE while no service listens there. */
  async #connect(path: string): Promise<Socket> {
    const socket = connect({ path, allowHalfOpen: true });
    try {
      await once(socket, 'connect');
      return socket;
    } catch (cause) {
      throw new GivcError('UNAVAILABLE', `no service at ${path}: ${messageOf(cause)}`, { cause });
    }
  }
}
