// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { BlockList, isIP } from 'node:net';
import { type Endpoint, fieldError, formatAddress, quoted, type GivcError } from '@givc/model';
import type { Caller } from '@givc/access';
import { ipFamily, isSameIp } from '../registry/ip-address.js';

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

const withoutZone = (ip: string): string => ip.replace(/%.*/, '');

/** Whether the host is the caller's own address. A caller without an address is on this machine. */
function isAtOwnAddress(host: string, caller: string | undefined): boolean {
  if (isIP(host) === 0) return false;
  const ip = withoutZone(host);
  return caller === undefined ? loopback.check(ip, ipFamily(ip)) : isIP(caller) > 0 && isSameIp(ip, caller);
}

const denied = (field: string, problem: string): GivcError =>
  fieldError('PERMISSION_DENIED', `Transport.${field}`, problem);

/**
 * Throws PERMISSION_DENIED unless the caller may make the admin dial this endpoint: TCP at an address or a name of its
 * own certificate, without TLS at the address that it calls from; a unix or abstract socket only where the admin's
 * configuration names it (`formatAddress`); vsock at the CID that it calls from, as the kernel reports it.
 */
export function assertEndpointAllowed(
  { address, name }: Endpoint,
  caller: Partial<Caller>,
  agentSockets: readonly string[],
): void {
  switch (address.protocol) {
    case 'tcp': {
      const { host } = address;
      const { peer } = caller;
      if (peer ? (isIP(host) ? peer.hasAddress(host) : peer.hasName(host)) : isAtOwnAddress(host, caller.address))
        return;
      throw peer
        ? denied('Address', `the certificate of ${name} is not for ${host}: name an address that it has`)
        : denied('Address', `TLS is off, and this call is from ${caller.address ?? 'this machine'}, not from ${host}`);
    }
    case 'unix':
    case 'abstract':
      return assertPermittedSocket({ address, name }, agentSockets);
    case 'vsock':
      if (caller.address === `vsock:${address.cid}`) return;
      throw denied('Address', `this call is from ${caller.address ?? 'this machine'}, not from the CID ${address.cid}`);
  }
}

/** Throws PERMISSION_DENIED for a unix or abstract socket that the admin's configuration does not name. */
export function assertPermittedSocket({ address }: Endpoint, agentSockets: readonly string[]): void {
  if (address.protocol !== 'unix' && address.protocol !== 'abstract') return;
  const socket = formatAddress(address);
  if (!agentSockets.includes(socket))
    throw denied('Address', `${quoted(socket)} is not a socket that --agent-socket (GIVC_AGENT_SOCKETS) names`);
}
