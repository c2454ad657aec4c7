// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { ServerCredentials, type Server } from '@grpc/grpc-js';
import { parseEndpoint, type Endpoint } from '@givc/model';

/** Has a server of grpc-js listen on a free port of loopback, without TLS; resolves with where a client finds it. */
export async function listenInsecurely(server: Server): Promise<Endpoint> {
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    ),
  );
  return parseEndpoint('admin', { Protocol: 'tcp', Address: '127.0.0.1', Port: String(port), Name: 'admin-vm' });
}
