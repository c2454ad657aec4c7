// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { isIP } from 'node:net';
import type { Address } from '@givc/model';
import { vsockTargetOf } from '../grpc-js/vsock-address.js';
import { zonedTargetOf } from '../grpc-js/zoned-address.js';

/** The address as a target of grpc-js (https://github.com/grpc/grpc/blob/master/doc/naming.md). */
export function targetOf(address: Address): string {
  switch (address.protocol) {
    case 'tcp':
      switch (isIP(address.host)) {
        case 4:
          return `ipv4:${address.host}:${address.port}`;
        case 6:
          return address.host.includes('%')
            ? zonedTargetOf(address.host, address.port)
            : `ipv6:[${address.host}]:${address.port}`;
        default:
          return `dns:${address.host}:${address.port}`;
      }
    case 'unix':
      return `unix:${address.path}`;
    case 'abstract':
      return `unix:\0${address.path}`;
    case 'vsock':
      return vsockTargetOf(address.cid, address.port);
  }
}
