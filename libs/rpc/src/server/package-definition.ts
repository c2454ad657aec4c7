// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { MethodDefinition, ServiceDefinition } from '@grpc/grpc-js';
import { services, type ServiceName } from '../contract.js';
import { bounded } from '../bounded-reader.js';

type AnyMethod = MethodDefinition<unknown, unknown>;

/** The name of the rpc in the proto file. */
export const rpcName = (method: { readonly path: string }): string =>
  method.path.slice(method.path.lastIndexOf('/') + 1);

/** A frozen message cannot change, so it is serialized only once. */
function remembering(serialize: (message: unknown) => Buffer): (message: unknown) => Buffer {
  const serialized = new WeakMap<object, Buffer>();
  return (message) => {
    if (!Object.isFrozen(message)) return serialize(message);
    let bytes = serialized.get(message as object);
    if (!bytes) serialized.set(message as object, (bytes = serialize(message)));
    return bytes;
  };
}

/** Its frames have two fields, no lists, and their own decoder. */
const withOwnCode: ServiceName = 'socketproxy.SocketStream';

/** The methods of a service under the names of the proto file, as grpc-js and Nest look them up. */
export function serviceDefinition(name: ServiceName): ServiceDefinition {
  const methods = Object.values(services[name]) as AnyMethod[];
  return Object.fromEntries(
    methods.map((method) => {
      const { requestDeserialize, responseSerialize } = method;
      const bounds = name === withOwnCode ? requestDeserialize : bounded(requestDeserialize);
      return [
        rpcName(method),
        { ...method, requestDeserialize: bounds, responseSerialize: remembering(responseSerialize) },
      ];
    }),
  );
}

/** `admin.AdminService` → `admin`. */
export const packageName = (service: ServiceName): string => service.slice(0, service.lastIndexOf('.'));
