// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { once } from 'node:events';
import { duplexPair } from 'node:stream';
import { connect, createServer, type TLSSocket } from 'node:tls';
import type { TlsIdentity } from './tls-identity.js';

/** Codes of OpenSSL and Node for problems that the dates, the names and the usages of a certificate already show. */
const foundOtherwise: ReadonlySet<string> = new Set([
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'INVALID_PURPOSE',
  'ERR_TLS_CERT_ALTNAME_INVALID',
]);

/**
 * Connects two machines with this identity in memory, with the TLS contexts of the daemons. Resolves with OpenSSL's
 * reason for which one of them rejects the other's chain; undefined when neither does.
 */
export async function tryHandshake(identity: TlsIdentity): Promise<string | undefined> {
  const [near, far] = duplexPair();
  const server = createServer({ ...identity.serverOptions, requestCert: true, rejectUnauthorized: true });
  const accepted = once(server, 'secureConnection');
  const rejected = once(server, 'tlsClientError').then(([error, socket]) => {
    // For a rejected certificate the error itself says only that the connection was cut.
    throw (socket as TLSSocket).authorizationError ?? error;
  });
  server.emit('connection', far);
  const client = connect({ socket: near, secureContext: identity.clientContext, checkServerIdentity: () => undefined });
  try {
    await Promise.race([Promise.all([once(client, 'secureConnect'), accepted]), rejected]);
    return undefined;
  } catch (error) {
    const { code = String(error), message = code } = error as NodeJS.ErrnoException;
    return foundOtherwise.has(code) ? undefined : `${message} (${code})`;
  } finally {
    client.destroy();
    rejected.catch(() => undefined);
    accepted.catch(() => undefined);
  }
}
