// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { isIP } from 'node:net';
import { invalid, quoted } from './givc-error.js';
import { unreachable } from './host-address.js';
import { parseVmName, type VmName } from './names.js';

/**
 * The address at which a peer listens. `host` is a name, an IPv4 or an IPv6 address without brackets, maybe with a
 * zone; a unix `path` has at most 107 bytes (unix(7)), an abstract one no leading NUL; `port` is 0 to 65535 of TCP, and
 * `cid` and `port` of vsock(7) are 32-bit numbers, of which the largest stands for any where a server listens.
 */
export type Address =
  | { readonly protocol: 'tcp'; readonly host: string; readonly port: number }
  | { readonly protocol: 'unix'; readonly path: string }
  | { readonly protocol: 'abstract'; readonly path: string }
  | { readonly protocol: 'vsock'; readonly cid: number; readonly port: number };

/** The address of a peer, and the name that its certificate must have. */
export interface Endpoint {
  readonly address: Address;
  /** One of the DNS names of the certificate. */
  readonly name: VmName;
}

/** `TransportConfig` of the contract; `parseEndpoint` reads it. */
export interface Transport {
  /** `tcp`, `unix`, `abstract` or `vsock`. */
  Protocol: string;
  /** The host, the path of the socket, or the CID of vsock. */
  Address: string;
  /** Decimal; empty for unix and abstract sockets. */
  Port: string;
  /** The name that the certificate must have. */
  Name: string;
}

const unixPathMax = 107;
/**
 * Characters that a target of gRPC or a log line cannot have: control, format and surrogate characters, and line
 * separators.
 */
const unprintable = /[\p{C}\p{Zl}\p{Zp}]/u;
/** Numbers that were meant as an IPv4 address but would be resolved as a name. */
const mistypedAddress = /^[0-9]+(?:\.[0-9]+){3}$/;
const dnsName = /^[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$/;

function parsePort(field: string, value: string): number {
  const port = /^[0-9]{1,10}$/.test(value) ? Number(value) : NaN;
  if (!(port <= 65535)) throw invalid(field, `invalid port ${quoted(value)}: expected 0-65535`);
  return port;
}

function parseHost(field: string, value: string): string {
  const bracketed = /^\[(.*)\]$/s.exec(value)?.[1];
  const host = bracketed ?? value;
  if (bracketed === undefined ? isIP(host) === 0 && !dnsName.test(host) : isIP(host) !== 6)
    throw invalid(field, `invalid host ${quoted(value)}: expected a name, an IPv4 or an IPv6 address`);
  if (isIP(host) === 0 && mistypedAddress.test(host))
    throw invalid(
      field,
      `invalid IPv4 address ${quoted(value)}: expected four numbers of 0-255, without leading zeros`,
    );
  return host;
}

/** A host at which a peer can be reached. */
function parsePeerHost(field: string, value: string): string {
  const host = parseHost(field, value);
  const problem = unreachable(host);
  if (problem !== undefined) throw invalid(field, `invalid address of a peer ${quoted(value)}: ${problem}`);
  return host;
}

/** The path of `unix:/path` and `unix:///path`, which are gRPC's names for sockets. */
const withoutScheme = (value: string): string => /^unix:(?:\/\/)?(\/.*)$/s.exec(value)?.[1] ?? value;

function parsePath(field: string, value: string): string {
  if (value === '' || unprintable.test(value))
    throw invalid(field, `invalid path of a socket ${quoted(value)}: expected printable characters`);
  if (Buffer.byteLength(value) > unixPathMax)
    throw invalid(field, `the path of a unix socket has at most ${unixPathMax} bytes (unix(7))`);
  return value;
}

/** `VMADDR_CID_ANY` and `VMADDR_PORT_ANY` of vsock(7). */
const any32 = 0xffffffff;
const number32 = (value: string): number => (/^[0-9]{1,10}$/.test(value) ? Number(value) : NaN);

function parseNumber32(field: string, value: string): number {
  if (value === 'any' || value === '-1') return any32;
  const number = number32(value);
  if (!(number <= any32)) throw invalid(field, `invalid vsock number ${quoted(value)}: expected 0-4294967295 or any`);
  return number;
}

/** A CID or port that a peer has. */
function parseOfPeer(field: string, value: string): number {
  const number = number32(value);
  if (!(number < any32)) throw invalid(field, `invalid vsock number of a peer ${quoted(value)}: expected 0-4294967294`);
  return number;
}

const format32 = (number: number): string => (number === any32 ? 'any' : String(number));

/** Throws INVALID_ARGUMENT with the path of the invalid field, below `field`. */
export function parseEndpoint(field: string, transport: Transport): Endpoint {
  const name = parseVmName(`${field}.Name`, transport.Name);
  switch (transport.Protocol) {
    case 'tcp':
      return {
        name,
        address: {
          protocol: 'tcp',
          host: parsePeerHost(`${field}.Address`, transport.Address),
          port: parsePort(`${field}.Port`, transport.Port),
        },
      };
    case 'unix':
      return {
        name,
        address: { protocol: 'unix', path: parsePath(`${field}.Address`, withoutScheme(transport.Address)) },
      };
    case 'abstract':
      return { name, address: { protocol: 'abstract', path: parsePath(`${field}.Address`, transport.Address) } };
    case 'vsock':
      return {
        name,
        address: {
          protocol: 'vsock',
          cid: parseOfPeer(`${field}.Address`, transport.Address),
          port: parseOfPeer(`${field}.Port`, transport.Port),
        },
      };
    default:
      throw invalid(
        `${field}.Protocol`,
        `invalid protocol ${quoted(transport.Protocol)}: expected "tcp", "unix", "abstract" or "vsock"`,
      );
  }
}

/**
 * Reads `ADDR:PORT`, `[ADDR6]:PORT`, `/path/sock`, `unix:///path/sock` or `vsock:CID:PORT`, whose CID and port may be
 * `any` or `-1`. Throws INVALID_ARGUMENT that names `field` for anything else. A host name is not resolved.
 */
export function parseListenAddress(field: string, value: string): Address {
  const path = withoutScheme(value);
  if (path.startsWith('/')) return { protocol: 'unix', path: parsePath(field, path) };
  const vsock = /^vsock:([^:]*):([^:]*)$/.exec(value);
  if (vsock) return { protocol: 'vsock', cid: parseNumber32(field, vsock[1]!), port: parseNumber32(field, vsock[2]!) };
  const colon = value.lastIndexOf(':');
  if (colon < 1)
    throw invalid(field, `invalid address ${quoted(value)}: expected ADDR:PORT, /path/of/a/socket or vsock:CID:PORT`);
  return {
    protocol: 'tcp',
    host: parseHost(field, value.slice(0, colon)),
    port: parsePort(field, value.slice(colon + 1)),
  };
}

/** The address as text, in the form that `parseListenAddress` reads. */
export function formatAddress(address: Address): string {
  switch (address.protocol) {
    case 'tcp':
      return `${isIP(address.host) === 6 ? `[${address.host}]` : address.host}:${address.port}`;
    case 'unix':
      return address.path;
    case 'abstract':
      return `@${address.path}`;
    case 'vsock':
      return `vsock:${format32(address.cid)}:${format32(address.port)}`;
  }
}

/** Whether both name the same peer at the same address. */
export const sameEndpoint = (a: Endpoint | undefined, b: Endpoint | undefined): boolean =>
  a?.name === b?.name && (a && formatAddress(a.address)) === (b && formatAddress(b.address));

function hostAndPort(address: Address): Pick<Transport, 'Address' | 'Port'> {
  switch (address.protocol) {
    case 'tcp':
      return { Address: address.host, Port: String(address.port) };
    case 'vsock':
      return { Address: String(address.cid), Port: String(address.port) };
    case 'unix':
    case 'abstract':
      return { Address: address.path, Port: '' };
  }
}

/** The endpoint as `parseEndpoint` reads it. */
export const transportOf = ({ name, address }: Endpoint): Transport => ({
  Protocol: address.protocol,
  Name: name,
  ...hostAndPort(address),
});
