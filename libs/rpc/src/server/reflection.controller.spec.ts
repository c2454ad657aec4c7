// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Duplex } from 'node:stream';
import type { GrpcServer } from './grpc-server.js';
import { ReflectionController } from './reflection.controller.js';

type Call = Parameters<ReflectionController['serverReflectionInfo']>[0];

describe('a call of reflection', () => {
  it('reads its next request when the previous answer was sent, and shares descriptors with other calls', async () => {
    const answers: { message_response: { value: { file_descriptor_proto: Uint8Array[] } } }[] = [];
    let take: () => void = () => undefined;
    const call = new Duplex({
      ...{ objectMode: true, highWaterMark: 16, read: () => undefined },
      write: (answer: (typeof answers)[number], _encoding, done) => {
        answers.push(answer);
        take = done;
      },
    });
    const controller = new ReflectionController({ services: [] } as unknown as GrpcServer);
    const ended = controller.serverReflectionInfo(call as unknown as Call);
    const message_request = { $case: 'file_by_filename', value: 'admin/admin.proto' };
    for (let n = 0; n < 3; n++) call.push({ host: '', message_request });
    call.push(null);
    const turn = () => new Promise((resolve) => setImmediate(resolve));
    for (const count of [1, 2, 3]) {
      for (let n = 0; n < 5; n++) await turn();
      expect([answers.length, call.writableLength]).toEqual([count, 1]);
      take();
    }
    await ended;
    const [first, second] = answers.map(({ message_response }) => message_response.value.file_descriptor_proto);
    expect(first!.map((bytes, index) => bytes === second![index])).not.toContain(false);
  });
});
