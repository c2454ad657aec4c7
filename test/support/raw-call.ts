// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import {
  connect,
  constants,
  type ClientHttp2Session,
  type ClientHttp2Stream,
  type IncomingHttpHeaders,
} from 'node:http2';
import { once } from 'node:events';
import type { Endpoint } from '@givc/model';
import type { TlsMaterial } from '@givc/rpc';

/** A connection of HTTP/2 over which a test can send what a well-behaved client never would. */
export async function rawSession({ address, name }: Endpoint, tls: TlsMaterial): Promise<ClientHttp2Session> {
  if (address.protocol !== 'tcp') throw new Error('only TCP is dialled raw');
  const session = connect(`https://${address.host}:${address.port}`, {
    ...tls,
    servername: name,
    maxSessionMemory: 4_096,
  });
  session.on('error', () => undefined);
  await once(session, 'connect');
  return session;
}

/** The length-prefixed message of gRPC (https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md). */
export function framed(message: Uint8Array): Buffer {
  const prefix = Buffer.alloc(5);
  prefix.writeUInt32BE(message.length, 1);
  return Buffer.concat([prefix, message]);
}

/** Opens a call of the rpc at this path, whose messages are sent later. */
export const openCall = (session: ClientHttp2Session, path: string): ClientHttp2Stream =>
  session.request({
    [constants.HTTP2_HEADER_METHOD]: 'POST',
    [constants.HTTP2_HEADER_PATH]: path,
    'content-type': 'application/grpc',
    te: 'trailers',
  });

/** Sends these messages on one call, whatever its rpc expects, and resolves with the number of its status. */
export async function rawCall(session: ClientHttp2Session, path: string, messages: readonly Uint8Array[]) {
  const stream = openCall(session, path);
  let status: string | undefined;
  const take = (headers: IncomingHttpHeaders) => {
    if (headers['grpc-status'] !== undefined) status = String(headers['grpc-status']);
  };
  stream.on('response', take).on('trailers', take).resume();
  stream.end(Buffer.concat(messages.map(framed)));
  await once(stream, 'close');
  return Number(status);
}
