// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { Server, Socket } from 'node:net';

/** `struct sockaddr_vm` of vsock(7): 32-bit numbers. */
export interface VsockAddress {
  readonly cid: number;
  readonly port: number;
}

/** `VMADDR_CID_ANY`: a server listens for callers of every machine. */
export const anyCid = 0xffffffff;
/** `VMADDR_PORT_ANY`: a server gets a port that is free. */
export const anyPort = 0xffffffff;

export interface ConnectOptions {
  /** The timeout for the other end; default 5 s. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal | undefined;
  /** Like in `net.Socket`. */
  readonly allowHalfOpen?: boolean;
}

/**
 * Stream sockets between a machine and its VMs (vsock(7)), as sockets of `node:net`. The `remoteAddress` of one is
 * `vsock:` and the CID of its peer as the kernel reports it, its `remotePort` the port of the peer.
 */
export abstract class Vsock {
  /**
   * Has a server accept the connections to an address of this machine. Resolves with the address, which has the real
   * port where `anyPort` was asked for. Rejects with FAILED_PRECONDITION that names the address and the reason.
   */
  abstract listen(server: Server, address: VsockAddress): Promise<VsockAddress>;

  /** Rejects with UNAVAILABLE that names the address and the reason; with CANCELLED when the signal is aborted. */
  abstract connect(address: VsockAddress, options?: ConnectOptions): Promise<Socket>;
}

export const connectTimeoutMs = 5_000;

export const format = ({ cid, port }: VsockAddress): string =>
  `vsock:${cid === anyCid ? 'any' : cid}:${port === anyPort ? 'any' : port}`;
