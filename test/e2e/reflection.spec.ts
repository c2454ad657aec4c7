// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Client, credentials, Metadata } from '@grpc/grpc-js';
import { fromBinary } from '@bufbuild/protobuf';
import { FileDescriptorProtoSchema, type FileDescriptorProto } from '@bufbuild/protobuf/wkt';
import { services } from '@givc/rpc';
import { TestSystem } from '@givc/testing';

const methods = {
  v1: services['grpc.reflection.v1.ServerReflection'].serverReflectionInfo,
  v1alpha: services['grpc.reflection.v1alpha.ServerReflection'].serverReflectionInfo,
};
type Answer = ReturnType<typeof methods.v1.responseDeserialize>;
type Question = Parameters<typeof methods.v1.requestSerialize>[0]['message_request'];

describe.each(['v1', 'v1alpha'] as const)('server reflection %s', (version) => {
  let system: TestSystem;
  let client: Client;

  beforeAll(async () => {
    system = await TestSystem.start({ tls: false });
    const { address } = system.admin.endpoint;
    if (address.protocol !== 'tcp') throw new Error('tcp');
    client = new Client(`${address.host}:${address.port}`, credentials.createInsecure());
  });
  afterAll(async () => {
    client.close();
    await system.close();
  });

  async function ask(...questions: Question[]) {
    const method = methods[version];
    const call = client.makeBidiStreamRequest(
      method.path,
      method.requestSerialize,
      method.responseDeserialize,
      new Metadata(),
    );
    for (const message_request of questions) call.write({ host: 'here', message_request });
    call.end();
    const answers = [];
    for await (const answer of call as AsyncIterable<Answer>) answers.push(answer.message_response);
    return answers;
  }

  it('lists the services that are served', async () => {
    const [answer] = await ask({ $case: 'list_services', value: '*' });
    expect(answer).toEqual({
      $case: 'list_services_response',
      value: {
        service: [
          { name: 'admin.AdminService' },
          { name: 'doctor.Doctor' },
          { name: 'history.HistoryService' },
          { name: 'journal.JournalService' },
          { name: 'report.Machines' },
          { name: 'report.Policies' },
          { name: 'report.Reports' },
          { name: 'resources.ResourcesService' },
          { name: 'grpc.health.v1.Health' },
          { name: 'grpc.reflection.v1.ServerReflection' },
          { name: 'grpc.reflection.v1alpha.ServerReflection' },
        ],
      },
    });
  });

  it.each(['admin.AdminService', 'admin.AdminService.StartVM', 'admin.WatchItem', 'admin.WatchItem.Initial'])(
    'describes %s with its file and all files that it imports',
    async (symbol) => {
      const [answer] = await ask({ $case: 'file_containing_symbol', value: symbol });
      if (answer?.$case !== 'file_descriptor_response') throw new Error(JSON.stringify(answer));
      const files = answer.value.file_descriptor_proto.map((bytes): FileDescriptorProto =>
        fromBinary(FileDescriptorProtoSchema, bytes),
      );
      expect(files[0]!.name).toBe('admin/admin.proto');
      expect(files.map((file) => file.name).sort()).toEqual([
        'admin/admin.proto',
        'ctap/ctap.proto',
        'locale/locale.proto',
        'notify/notify.proto',
        'stats/stats.proto',
        'systemd/systemd.proto',
      ]);
    },
  );

  it('continues after a request that it cannot answer', async () => {
    const answers = await ask(
      { $case: 'file_by_filename', value: '../package.json' },
      { $case: 'file_containing_symbol', value: '__proto__' },
      { $case: 'file_by_filename', value: 'systemd/systemd.proto' },
    );
    expect(answers.map((answer) => answer?.$case)).toEqual([
      'error_response',
      'error_response',
      'file_descriptor_response',
    ]);
  });
});
