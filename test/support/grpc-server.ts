// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { ServerCredentials, type Server } from '@grpc/grpc-js';
import type { TlsMaterial } from '@givc/rpc';

/** Starts a server of grpc-js, with mutual TLS if it has a certificate; resolves with its port. */
export function listen(server: Server, tls: TlsMaterial | undefined, address = '127.0.0.1:0'): Promise<number> {
  const credentials = tls
    ? ServerCredentials.createSsl(tls.ca, [{ cert_chain: tls.cert, private_key: tls.key }], true)
    : ServerCredentials.createInsecure();
  return new Promise((resolve, reject) =>
    server.bindAsync(address, credentials, (error, port) => (error ? reject(error) : resolve(port))),
  );
}
