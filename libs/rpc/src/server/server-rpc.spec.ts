// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { frameOf } from '../wire/message.js';
import { Encoded } from './encoded.js';
import { rpcName, rpcsOf } from './server-rpc.js';

const rpcOf = (service: Parameters<typeof rpcsOf>[0], name: string) =>
  rpcsOf(service).find((rpc) => rpcName(rpc) === name)!;

describe('the rpcs of a service', () => {
  it('have their names in the proto file, and show which side streams', () => {
    expect(rpcsOf('grpc.health.v1.Health').map(rpcName)).toEqual(['Check', 'List', 'Watch']);
    expect(rpcOf('grpc.health.v1.Health', 'Watch')).toMatchObject({
      path: '/grpc.health.v1.Health/Watch',
      requestStream: false,
      responseStream: true,
    });
  });

  it('limit the size of a request', () => {
    expect(rpcOf('grpc.health.v1.Health', 'Check').limit).toBe(64 * 1024);
    expect(rpcOf('report.Reports', 'Report').limit).toBe(4 * 1024 * 1024);
  });

  it('send a response that is encoded already as it is', () => {
    const { encode } = rpcOf('admin.AdminService', 'QueryList');
    const encoded = new Encoded(Buffer.from('bytes'));
    expect(encode(encoded)).toEqual(frameOf(Buffer.from('bytes')));
  });

  it('decode no request that has too many fields', () => {
    const { decode } = rpcOf('report.Reports', 'Report');
    const units = Buffer.alloc(200_000, Buffer.from([0x12, 0]));
    const snapshot = Buffer.concat([Buffer.from([0x0a, 0xc0, 0x9a, 0x0c]), units]);
    expect(() => decode(snapshot)).toThrow('more than 65536 fields');
  });
});
