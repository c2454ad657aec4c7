// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { once } from 'node:events';
import { connect, type ClientHttp2Session, type ClientHttp2Stream } from 'node:http2';
import { services } from '@givc/rpc';
import type { TestSystem } from '@givc/testing';
import { framed } from './raw-call.js';

/** A `Watch` that has begun, and of which nothing is read until the test reads `stream`. */
export async function stalledWatch({
  admin,
  isTls,
}: TestSystem): Promise<{ readonly session: ClientHttp2Session; readonly stream: ClientHttp2Stream }> {
  const { address } = admin.endpoint;
  if (isTls || address.protocol !== 'tcp') throw new Error('only an admin without TLS is watched raw');
  const session = connect(`http://${address.host}:${address.port}`);
  const stream = session.request({
    ':method': 'POST',
    ':path': services['admin.AdminService'].watch.path,
    'content-type': 'application/grpc',
    te: 'trailers',
  });
  stream.end(framed(new Uint8Array()));
  await once(stream, 'response');
  return { session, stream };
}
