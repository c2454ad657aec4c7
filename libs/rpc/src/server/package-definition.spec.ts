// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { admin } from '../messages.js';
import { packageName, rpcName, serviceDefinition } from './package-definition.js';

describe('the definition of a service', () => {
  it('has its methods under their names in the proto file', () => {
    const { List, ...others } = serviceDefinition('grpc.health.v1.Health');
    expect(Object.keys(others)).toEqual(['Check', 'Watch']);
    expect(List).toMatchObject({ path: '/grpc.health.v1.Health/List', requestStream: false, responseStream: false });
    expect(rpcName(List!)).toBe('List');
  });

  it('serializes a frozen message once, and any other each time', () => {
    const { QueryList } = serviceDefinition('admin.AdminService');
    const serialize = QueryList!.responseSerialize as (message: admin.QueryListResponse) => Buffer;
    const [frozen, loose] = [Object.freeze({ List: [] }), { List: [] as admin.QueryListItem[] }];
    expect(serialize(frozen)).toBe(serialize(frozen));
    expect(serialize(loose)).not.toBe(serialize(loose));
    expect(serialize(loose)).toEqual(Buffer.alloc(0));
    loose.List.push(admin.QueryListItem.decode(Buffer.of()));
    expect(admin.QueryListResponse.decode(serialize(loose)).List).toHaveLength(1);
    expect(serialize(Object.freeze({ List: [] }))).not.toBe(serialize(frozen));
  });
});

describe('the package of a service', () => {
  it.each([
    ['admin.AdminService', 'admin'],
    ['grpc.health.v1.Health', 'grpc.health.v1'],
  ] as const)('of %s is %s', (service, name) => {
    expect(packageName(service)).toBe(name);
  });
});
