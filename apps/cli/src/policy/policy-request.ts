// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { JsonValue } from '@bufbuild/protobuf';
import { invalid, messageOf, didYouMean, quoted } from '@givc/model';
import { protoFiles, rpcName, services, type Rpc } from '@givc/rpc';

type AnyRpc = Rpc<unknown, unknown>;

const rpcs = (): AnyRpc[] => Object.values(services).flatMap((methods) => Object.values(methods) as AnyRpc[]);

/** The names of all rpcs, as `parseRpc` takes them. */
export const rpcNames = (): string[] => rpcs().map(({ path }) => path.slice(1));

/** Parses the rpc `pkg.Service/Method`. Throws INVALID_ARGUMENT that names similar rpcs. */
export function parseRpc(field: string, name: string): AnyRpc {
  const path = name.startsWith('/') ? name : `/${name}`;
  const rpc = rpcs().find((rpc) => rpc.path === path);
  if (rpc) return rpc;
  throw invalid(field, `unknown rpc ${quoted(name)}: ${didYouMean(name, rpcNames()) || 'expected pkg.Service/Method'}`);
}

/** The bytes of a request from its JSON. The JSON parser is large, and no other command needs it. */
async function encode(rpc: AnyRpc, json: JsonValue): Promise<Buffer> {
  const [{ create, createFileRegistry, fromBinary, fromJson, toBinary }, wkt] = await Promise.all([
    import('@bufbuild/protobuf'),
    import('@bufbuild/protobuf/wkt'),
  ]);
  // Each file comes after those that it imports.
  const file = Object.values(protoFiles).map(({ descriptor }) =>
    fromBinary(wkt.FileDescriptorProtoSchema, Buffer.from(descriptor, 'base64')),
  );
  const [service = ''] = rpc.path.slice(1).split('/');
  const methods = createFileRegistry(create(wkt.FileDescriptorSetSchema, { file })).getService(service)!.methods;
  const { input } = methods.find(({ name }) => name === rpcName(rpc))!;
  return Buffer.from(toBinary(input, fromJson(input, json)));
}

/**
 * The request of the rpc as a daemon decodes it, from the JSON mapping of protobuf
 * (https://protobuf.dev/programming-guides/json/); without JSON, a message without fields. Undefined for a stream of
 * requests. Throws INVALID_ARGUMENT that names the invalid field.
 */
export async function parseRequest(field: string, rpc: AnyRpc, json: string | undefined): Promise<unknown> {
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
    throw invalid(field, `invalid JSON: ${messageOf(error)}`);
  }
  try {
    return rpc.requestDeserialize(await encode(rpc, value));
  } catch (error) {
    throw invalid(field, messageOf(error));
  }
}
