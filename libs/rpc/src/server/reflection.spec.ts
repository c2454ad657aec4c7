// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { status } from '@grpc/grpc-js';
import { files } from '../generated/descriptors.js';
import type { ServerReflectionRequest } from '../generated/grpc/reflection/v1/reflection.js';
import { reflect } from './reflection.js';

const services = ['admin.AdminService', 'grpc.health.v1.Health'];
const ask = (message_request: ServerReflectionRequest['message_request'], host = 'admin-vm') =>
  reflect({ host, message_request }, services).message_response;

/** The files whose descriptors an answer has, in its order. */
const filesOf = (answer: ReturnType<typeof ask>): string[] => {
  if (answer?.$case !== 'file_descriptor_response') throw new Error(`no descriptors: ${answer?.$case}`);
  const nameOf = new Map(Object.entries(files).map(([name, { descriptor }]) => [descriptor, name]));
  return answer.value.file_descriptor_proto.map((bytes) => nameOf.get(Buffer.from(bytes).toString('base64'))!);
};

describe('reflection', () => {
  it('repeats the request, and for which host it was', () => {
    const request = { host: 'admin-vm', message_request: { $case: 'list_services', value: '' } as const };
    expect(reflect(request, services)).toMatchObject({ valid_host: 'admin-vm', original_request: request });
  });

  it('lists the services of this server', () => {
    expect(ask({ $case: 'list_services', value: '' })).toEqual({
      $case: 'list_services_response',
      value: { service: [{ name: 'admin.AdminService' }, { name: 'grpc.health.v1.Health' }] },
    });
  });

  it('returns a file with all that it imports, each once, by its name and by each of its symbols', () => {
    const expected = ['report/report.proto', 'admin/admin.proto'];
    const byName = filesOf(ask({ $case: 'file_by_filename', value: 'report/report.proto' }));
    expect(byName.slice(0, 2)).toEqual(expected);
    expect(byName).toContain('systemd/systemd.proto');
    expect(new Set(byName).size).toBe(byName.length);
    for (const value of ['report.Reports', 'report.Reports.Report', 'report.Machine'])
      expect(filesOf(ask({ $case: 'file_containing_symbol', value }))).toEqual(byName);
    expect(filesOf(ask({ $case: 'file_by_filename', value: 'hwid/hwid.proto' }))).toEqual(['hwid/hwid.proto']);
  });

  it.each<[string, ServerReflectionRequest['message_request'], number, string]>([
    [
      'an unknown file',
      { $case: 'file_by_filename', value: 'no.proto' },
      status.NOT_FOUND,
      'the file "no.proto" is unknown here',
    ],
    [
      'a file with the name of a property of every object',
      { $case: 'file_by_filename', value: 'constructor' },
      status.NOT_FOUND,
      'the file "constructor" is unknown here',
    ],
    [
      'an unknown symbol',
      { $case: 'file_containing_symbol', value: 'toString' },
      status.NOT_FOUND,
      'the symbol "toString" is unknown here',
    ],
    [
      'an extension',
      { $case: 'file_containing_extension', value: { containing_type: 'a', extension_number: 1 } },
      status.NOT_FOUND,
      'proto3 files have no extensions',
    ],
    [
      'the numbers of extensions',
      { $case: 'all_extension_numbers_of_type', value: 'a' },
      status.NOT_FOUND,
      'proto3 files have no extensions',
    ],
    ['nothing', undefined, status.INVALID_ARGUMENT, 'message_request: nothing was asked'],
  ])('answers a request for %s with an error, and continues', (_, request, error_code, error_message) => {
    expect(ask(request)).toEqual({ $case: 'error_response', value: { error_code, error_message } });
  });
});
