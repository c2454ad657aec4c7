import type { MethodDefinition, ServiceDefinition } from '@grpc/grpc-js';
import { services, type ServiceName } from '../contract.js';

type AnyMethod = MethodDefinition<unknown, unknown>;

/** The name of the rpc as the proto file writes it. */
export const rpcName = (method: { readonly path: string }): string =>
  method.path.slice(method.path.lastIndexOf('/') + 1);

/** The methods of a service under the names of the proto file, as grpc-js and Nest look them up. */
export function serviceDefinition(name: ServiceName): ServiceDefinition {
  const methods = Object.values(services[name]) as AnyMethod[];
  return Object.fromEntries(methods.map((method) => [rpcName(method), { ...method }]));
}

/** `admin.AdminService` → `admin`. */
export const packageName = (service: ServiceName): string => service.slice(0, service.lastIndexOf('.'));
