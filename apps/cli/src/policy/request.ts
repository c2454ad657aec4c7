import { create, createFileRegistry, fromBinary, fromJson, toBinary, type JsonValue } from '@bufbuild/protobuf';
import { FileDescriptorProtoSchema, FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import type { MethodDefinition } from '@grpc/grpc-js';
import { invalid, messageOf } from '@givc/model';
import { protoFiles, rpcName, services } from '@givc/rpc';
import { near } from './near.js';

type Rpc = MethodDefinition<unknown, unknown>;

const rpcs = new Map(
  Object.values(services)
    .flatMap((methods) => Object.values(methods) as Rpc[])
    .map((rpc) => [rpc.path.slice(1), rpc]),
);

/** The rpc `pkg.Service/Method`. Throws INVALID_ARGUMENT that names rpcs like it. */
export function parseRpc(field: string, name: string): Rpc {
  const rpc = rpcs.get(name.replace(/^\//, ''));
  if (rpc) return rpc;
  const meant = near(name, [...rpcs.keys()]);
  throw invalid(
    field,
    `there is no rpc ${JSON.stringify(name)}; ${meant.length > 0 ? `did you mean ${meant.join(' or ')}?` : 'it is written pkg.Service/Method'}`,
  );
}

/** The descriptor of the request; the files are in an order in which each comes after those that it imports. */
function descriptorOf(rpc: Rpc) {
  const file = Object.values(protoFiles).map(({ descriptor }) =>
    fromBinary(FileDescriptorProtoSchema, Buffer.from(descriptor, 'base64')),
  );
  const [service = ''] = rpc.path.slice(1).split('/');
  const methods = createFileRegistry(create(FileDescriptorSetSchema, { file })).getService(service)?.methods;
  return methods!.find(({ name }) => name === rpcName(rpc))!.input;
}

/**
 * The request of the rpc as a daemon decodes it, from the JSON mapping of protobuf
 * (https://protobuf.dev/programming-guides/json/); no JSON is a message without fields. A stream of requests has none:
 * undefined. Throws INVALID_ARGUMENT that names the field which cannot be.
 */
export function parseRequest(field: string, rpc: Rpc, json: string | undefined): unknown {
  if (rpc.requestStream) {
    if (json !== undefined)
      throw invalid(
        field,
        `${rpc.path.slice(1)} takes a stream of requests, of which rules see nothing but the service`,
      );
    return undefined;
  }
  let value: JsonValue;
  try {
    value = JSON.parse(json ?? '{}') as JsonValue;
  } catch (error) {
    throw invalid(field, `this is no JSON: ${messageOf(error)}`);
  }
  const descriptor = descriptorOf(rpc);
  try {
    return rpc.requestDeserialize(Buffer.from(toBinary(descriptor, fromJson(descriptor, value))));
  } catch (error) {
    throw invalid(field, messageOf(error));
  }
}
