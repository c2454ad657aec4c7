// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { invalid, parseListenAddress, parseVmName, quoted, type Address, type Endpoint } from '@givc/model';
import type { TlsFiles } from '@givc/rpc';

/** The global options as strings. */
export interface GlobalOptions {
  readonly addr?: string;
  readonly port?: string;
  readonly name?: string;
  readonly vsock?: string;
  readonly cacert?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly notls?: boolean;
  readonly verbose?: boolean;
}

/**
 * The endpoint of the admin and the files of the client's certificate; without them the connection is in plain text.
 */
export interface ConnectionSettings {
  readonly endpoint: Endpoint;
  readonly tlsFiles: TlsFiles | undefined;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** A value and its flag or variable. */
interface Setting {
  readonly source: string;
  readonly value: string | undefined;
}

const switchValues = new Map([
  ...['', '0', 'false', 'no', 'off'].map((value) => [value, false] as const),
  ...['1', 'true', 'yes', 'on'].map((value) => [value, true] as const),
]);

function parseSwitch(source: string, value: string): boolean {
  const on = switchValues.get(value.toLowerCase());
  if (on === undefined) throw invalid(source, `invalid value ${quoted(value)}: expected true or false`);
  return on;
}

function parseAddress(vsock: string | undefined, addr: Setting, port: Setting): Address {
  if (vsock !== undefined) {
    if (!/^[^:]*:[^:]*$/.test(vsock)) throw invalid('--vsock', `invalid address ${quoted(vsock)}: expected CID:PORT`);
    if (/^(any|-1|4294967295):|:(any|-1|4294967295)$/.test(vsock))
      throw invalid('--vsock', `invalid address ${quoted(vsock)}: expected the CID and the port of the admin`);
    return parseListenAddress('--vsock', `vsock:${vsock}`);
  }
  const host = addr.value ?? '127.0.0.1';
  if (host.startsWith('/')) return parseListenAddress(addr.source, host);
  return parseListenAddress(`${addr.source} and ${port.source}`, `${host}:${port.value ?? '9000'}`);
}

function requireFile(what: string, variable: string, { source, value }: Setting): string {
  if (!value) throw invalid(source, `${what} is missing: name its file here or in ${variable}, or use --notls`);
  return value;
}

/**
 * The settings of the flags; where a flag is missing, of its variable; else the defaults of the contract. An empty
 * variable counts as unset. `--addr` may also be the path of a unix socket. Throws INVALID_ARGUMENT that names the flag
 * or variable.
 */
export function parseConnection(options: GlobalOptions, environment: Environment): ConnectionSettings {
  const setting = (flag: Exclude<keyof GlobalOptions, 'notls' | 'verbose'>, variable: string): Setting => {
    const given = options[flag];
    if (given === undefined && environment[variable]) return { source: variable, value: environment[variable] };
    return { source: `--${flag}`, value: given };
  };
  const name = setting('name', 'GIVC_NAME');
  const endpoint = {
    name: parseVmName(name.source, name.value ?? 'admin.ghaf'),
    address: parseAddress(options.vsock, setting('addr', 'GIVC_ADDR'), setting('port', 'GIVC_PORT')),
  };
  if (options.notls || parseSwitch('GIVC_NO_TLS', environment['GIVC_NO_TLS'] ?? ''))
    return { endpoint, tlsFiles: undefined };
  return {
    endpoint,
    tlsFiles: {
      ca: requireFile('the CA certificate', 'GIVC_CA_CERT', setting('cacert', 'GIVC_CA_CERT')),
      cert: requireFile('the certificate', 'GIVC_HOST_CERT', setting('cert', 'GIVC_HOST_CERT')),
      key: requireFile('the private key', 'GIVC_HOST_KEY', setting('key', 'GIVC_HOST_KEY')),
    },
  };
}
