// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { Socket } from 'node:net';
import { experimental, type ChannelOptions } from '@grpc/grpc-js';
import { Http2SubchannelConnector } from '@grpc/grpc-js/build/src/transport.js';
import type { Vsock } from '@givc/vsock';

/*
 * grpc-js (1.14.7) connects with `net.connect` only, to TCP and unix sockets. The method of its connector that does so is
 * private; for the addresses of this resolver it is replaced by one that connects over vsock, once a channel needs that.
 * vsock-address.spec.ts fails when the method moves.
 */

const scheme = 'givc-vsock';

/** The channel option with the `Vsock` to connect by. */
export const vsockOption = 'givc.vsock';

class VsockResolver implements experimental.Resolver {
  #isResolved = false;

  constructor(
    private readonly target: { readonly path: string },
    private readonly listener: experimental.ResolverListener,
  ) {}

  static getDefaultAuthority(): string {
    return 'localhost';
  }

  /** grpc-js asks again after each connection that fails; an answer would have it connect, and ask, without a pause. */
  updateResolution(): void {
    if (this.#isResolved) return;
    this.#isResolved = true;
    const [cid, port] = this.target.path.split(':').map(Number);
    const endpoints = [{ addresses: [{ host: `vsock:${cid}`, port: port! }] }];
    process.nextTick(() => this.listener(experimental.statusOrFromValue(endpoints), {}, null, ''));
  }

  destroy(): void {}
}

experimental.registerResolver(scheme, VsockResolver);

interface Connector {
  tcpConnect: (
    this: Connector,
    address: { readonly host?: string; readonly port?: number },
    options: ChannelOptions,
  ) => Promise<Socket>;
}

let isReplaced = false;

function replaceConnect(): void {
  if (isReplaced) return;
  isReplaced = true;
  const connector = Http2SubchannelConnector.prototype as unknown as Connector;
  const { tcpConnect } = connector;
  if (typeof tcpConnect !== 'function') throw new Error('grpc-js has no Http2SubchannelConnector.tcpConnect');
  connector.tcpConnect = function (address, options) {
    const cid = /^vsock:([0-9]+)$/.exec(address.host ?? '')?.[1];
    if (cid === undefined) return tcpConnect.call(this, address, options);
    const vsock = options[vsockOption] as Vsock;
    return vsock.connect({ cid: Number(cid), port: address.port! });
  };
}

/** The target of an address of vsock(7). A channel to it needs `vsockOption`. */
export function vsockTargetOf(cid: number, port: number): string {
  replaceConnect();
  return `${scheme}:${cid}:${port}`;
}
