// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { GivcError, messageOf } from '@givc/model';
import { anyCid, format, type VsockAddress } from './vsock.js';

const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException).code;

const noVsock = 'this kernel has no vsock (modprobe vsock), or the unit may not use it (RestrictAddressFamilies=)';

function listenProblem(error: unknown, { cid, port }: VsockAddress): string {
  switch (codeOf(error)) {
    case 'EAFNOSUPPORT':
      return noVsock;
    case 'EADDRNOTAVAIL':
      return cid === anyCid
        ? 'no port is free'
        : `this machine does not have the CID ${cid}: use its own, or any (of CID 1: modprobe vsock_loopback)`;
    case 'EADDRINUSE':
      return 'another process already does';
    case 'EACCES':
      return `port ${port} is only for root: use one from 1024 on`;
    default:
      return messageOf(error);
  }
}

function connectProblem(error: unknown, { cid }: VsockAddress, timeoutMs: number): string {
  switch (codeOf(error)) {
    case 'EAFNOSUPPORT':
      return noVsock;
    case 'ENODEV':
      return `no machine has the CID ${cid}, or this kernel has no way to it (modprobe ${moduleFor(cid)})`;
    case 'ECONNRESET':
      return cid > 2 ? `nothing listens there, or no machine has the CID ${cid}` : 'nothing listens there';
    case 'ETIMEDOUT':
      return `no answer within ${timeoutMs / 1_000} s`;
    default:
      return messageOf(error);
  }
}

/** The module of the kernel that carries connections to a CID (vsock(7)). */
function moduleFor(cid: number): string {
  if (cid === 1) return 'vsock_loopback';
  return cid === 2 ? 'vmw_vsock_virtio_transport' : 'vhost_vsock';
}

/** The error of `Vsock.listen`. */
export const listenError = (error: unknown, address: VsockAddress): GivcError =>
  error instanceof GivcError
    ? error
    : new GivcError('FAILED_PRECONDITION', `cannot listen on ${format(address)}: ${listenProblem(error, address)}`, {
        cause: error,
      });

/** The error of `Vsock.connect`; its message begins as that of Node's own sockets, with the code of connect(2). */
export const connectError = (error: unknown, address: VsockAddress, timeoutMs: number): GivcError =>
  error instanceof GivcError
    ? error
    : new GivcError(
        'UNAVAILABLE',
        `connect ${codeOf(error) ?? 'failed'} ${format(address)}: ${connectProblem(error, address, timeoutMs)}`,
        { cause: error },
      );
