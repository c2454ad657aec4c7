// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { services, type ServiceName } from '../contract.js';
import { bounded } from '../bounded-reader.js';
import { messageLimit } from '../message-limits.js';
import { frameOf } from '../wire/message.js';
import { Encoded } from './encoded.js';

/** An rpc of the contract, as a server has it. */
export interface ServerRpc {
  /** `/package.Service/Method`. */
  readonly path: string;
  readonly requestStream: boolean;
  readonly responseStream: boolean;
  /** The maximum size of a request in bytes. */
  readonly limit: number;
  /** Throws for bytes that are no message of the rpc, or one with too many fields. */
  decode(bytes: Buffer): unknown;
  /** A response with its prefix; it may be `Encoded` already. */
  encode(message: unknown): Buffer;
}

/** A method of the generated code. */
interface Method {
  readonly path: string;
  readonly requestStream: boolean;
  readonly responseStream: boolean;
  readonly requestDeserialize: (bytes: Buffer) => unknown;
  readonly responseSerialize: (message: unknown) => Buffer;
}

/** Its frames have two fields, no lists, and their own decoder. */
const withOwnCode: ServiceName = 'socketproxy.SocketStream';

/** `/package.Service/Method` → `Method`. */
export const rpcName = ({ path }: { readonly path: string }): string => path.slice(path.lastIndexOf('/') + 1);

/** The rpcs of a service. */
export function rpcsOf(service: ServiceName): ServerRpc[] {
  return Object.values<Method>(services[service] as unknown as Record<string, Method>).map(
    ({ path, requestStream, responseStream, requestDeserialize, responseSerialize }) => ({
      ...{ path, requestStream, responseStream, limit: messageLimit(path) },
      decode: service === withOwnCode ? requestDeserialize : bounded(requestDeserialize),
      encode: (message) => (message instanceof Encoded ? message.frame : frameOf(responseSerialize(message))),
    }),
  );
}
