// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { experimental } from '@grpc/grpc-js';

/*
 * grpc-js (1.14.7) puts the address of an `ipv6:` target into the URL of its HTTP/2 session, and a URL cannot have a zone
 * (RFC 6874), so `ipv6:[fe80::1%eth0]:9000` never connects: "TypeError: Invalid URL". The authority of a target of this
 * scheme is the address without its zone; the connection goes to the whole address. zoned-address.spec.ts fails once
 * grpc-js can do it by itself.
 */

const scheme = 'givc-zoned';

type ZonedTarget = { readonly host: string; readonly port: number };

const parse = (path: string): ZonedTarget => {
  const [, host = '', port = ''] = /^\[(.*)\]:(\d+)$/.exec(path) ?? [];
  return { host, port: Number(port) };
};

class ZonedAddressResolver implements experimental.Resolver {
  #isResolved = false;

  constructor(
    private readonly target: { readonly path: string },
    private readonly listener: experimental.ResolverListener,
  ) {}

  static getDefaultAuthority({ path }: { readonly path: string }): string {
    const { host, port } = parse(path);
    return `[${host.replace(/%.*/, '')}]:${port}`;
  }

  /** grpc-js asks again after each connection that fails; an answer would have it connect, and ask, without a pause. */
  updateResolution(): void {
    if (this.#isResolved) return;
    this.#isResolved = true;
    const endpoints = [{ addresses: [parse(this.target.path)] }];
    process.nextTick(() => this.listener(experimental.statusOrFromValue(endpoints), {}, null, ''));
  }

  destroy(): void {}
}

experimental.registerResolver(scheme, ZonedAddressResolver);

/** The target of a link-local address with its zone, such as `fe80::1%eth0` (RFC 4007, section 11). */
export const zonedTargetOf = (host: string, port: number): string => `${scheme}:[${host}]:${port}`;
