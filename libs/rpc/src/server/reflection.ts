// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { GivcError, quoted } from '@givc/model';
import { files, symbols } from '../generated/descriptors.js';
import type { ServerReflectionRequest, ServerReflectionResponse } from '../generated/grpc/reflection/v1/reflection.js';
import { codeOf } from '../status.js';

type Answer = ServerReflectionResponse['message_response'];

const decoded = new Map<string, Buffer>();

/** The same bytes in each answer, because many may wait for callers that do not read them. */
function descriptorOf(file: string): Buffer {
  let bytes = decoded.get(file);
  if (!bytes) decoded.set(file, (bytes = Buffer.from(files[file]!.descriptor, 'base64')));
  return bytes;
}

/** The file and everything that it imports, each once, after the files that it needs. */
function withImports(name: string): Buffer[] {
  const needed = new Set([name]);
  for (const file of needed) for (const imported of files[file]!.imports) needed.add(imported);
  return [...needed].map(descriptorOf);
}

function descriptors(file: string | undefined, what: string): Answer {
  if (file === undefined || !Object.hasOwn(files, file)) throw new GivcError('NOT_FOUND', `${what} is unknown here`);
  return { $case: 'file_descriptor_response', value: { file_descriptor_proto: withImports(file) } };
}

function answer(request: ServerReflectionRequest['message_request'], serviceNames: readonly string[]): Answer {
  switch (request?.$case) {
    case 'list_services':
      return { $case: 'list_services_response', value: { service: serviceNames.map((name) => ({ name })) } };
    case 'file_by_filename':
      return descriptors(request.value, `the file ${quoted(request.value)}`);
    case 'file_containing_symbol':
      return descriptors(
        Object.hasOwn(symbols, request.value) ? symbols[request.value] : undefined,
        `the symbol ${quoted(request.value)}`,
      );
    case 'file_containing_extension':
    case 'all_extension_numbers_of_type':
      throw new GivcError('NOT_FOUND', 'proto3 files have no extensions');
    case undefined:
      throw new GivcError('INVALID_ARGUMENT', 'message_request: nothing was asked');
  }
}

/**
 * Answers one request of server reflection (https://grpc.io/docs/guides/reflection/) from descriptors that were made at
 * build time. A request that cannot be answered gets an `error_response`, so that the stream continues.
 */
export function reflect(request: ServerReflectionRequest, serviceNames: readonly string[]): ServerReflectionResponse {
  let message_response: Answer;
  try {
    message_response = answer(request.message_request, serviceNames);
  } catch (error) {
    if (!(error instanceof GivcError)) throw error;
    message_response = {
      $case: 'error_response',
      value: { error_code: codeOf(error.reason), error_message: error.message },
    };
  }
  return { valid_host: request.host, original_request: request, message_response };
}
