// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { admin, locale, services } from '@givc/rpc';
import { authorizationRequest } from './authorization-request.js';

const contextOf = (request: unknown) => authorizationRequest('a', '/p.S/M', request).context;

describe('the authorization request for a call', () => {
  it('names the caller, the rpc and the package, and the service in the context', () => {
    expect(authorizationRequest('gui-vm', '/admin.AdminService/StartVM', { VmName: 'net-vm' })).toEqual({
      source: 'gui-vm',
      command: 'StartVM',
      module: 'admin',
      context: { VmName: 'net-vm', service: 'AdminService' },
    });
  });

  it.each(['v1', 'v1alpha'])('names the module grpc for reflection %s', (version) => {
    expect(
      authorizationRequest('a', `/grpc.reflection.${version}.ServerReflection/ServerReflectionInfo`, undefined),
    ).toEqual({
      source: 'a',
      command: 'ServerReflectionInfo',
      module: 'grpc',
      context: { service: 'ServerReflection' },
    });
  });

  it.each(['x.grpc.reflection.v1', 'grpc.reflection.v1.more', 'grpc.reflection'])('names the service of %s', (name) => {
    expect(authorizationRequest('a', `/${name}.Service/Method`, undefined).module).toBe(name);
  });

  it('names the package of the health service, and its service rather than the field of that name', () => {
    expect(authorizationRequest('a', '/grpc.health.v1.Health/Check', { service: 'admin.AdminService' })).toEqual({
      source: 'a',
      command: 'Check',
      module: 'grpc.health.v1',
      context: { service: 'Health' },
    });
  });

  it('contains only the service for a stream of requests', () => {
    expect(authorizationRequest('a', '/exec.Exec/RunCommand', undefined).context).toEqual({ service: 'Exec' });
  });

  it('contains lists, records and enums as a daemon decodes them, and no field that was not sent', () => {
    const decode = (request: Partial<admin.RegistryRequest>) =>
      services['admin.AdminService'].registerService.requestDeserialize(
        Buffer.from(
          admin.RegistryRequest.encode({ ...admin.RegistryRequest.decode(Buffer.of()), ...request }).finish(),
        ),
      );
    expect(contextOf(decode({ Name: 'a', Transport: { Protocol: 'tcp', Address: '', Port: '', Name: 'b' } }))).toEqual({
      Name: 'a',
      Parent: '',
      Type: 0,
      Transport: { Protocol: 'tcp', Address: '', Port: '', Name: 'b' },
      service: 'S',
    });
    const assignments = [{ key: locale.LocaleMacroKey.LC_ALL, value: 'C' }];
    expect(contextOf(locale.LocaleMessage.decode(locale.LocaleMessage.encode({ assignments }).finish()))).toEqual({
      assignments: [{ key: 13, value: 'C' }],
      service: 'S',
    });
    expect(contextOf(admin.ApplicationRequest.decode(Buffer.of()))).toEqual({ AppName: '', Args: [], service: 'S' });
  });

  it('contains the chosen field of a oneof under its own name', () => {
    const cachix = { Pin: 'p', CachixHost: undefined, Cache: 'c', Token: 't' };
    expect(contextOf({ Update: { $case: 'Cachix', value: cachix } })).toEqual({
      Cachix: { Pin: 'p', Cache: 'c', Token: 't' },
      service: 'S',
    });
    expect(contextOf({ Update: undefined })).toEqual({ service: 'S' });
  });

  it('contains bytes in base64, and no number that Cedar cannot represent exactly', () => {
    expect(contextOf({ a: null, b: undefined, c: [null, undefined, 'x'] })).toStrictEqual({ c: ['x'], service: 'S' });
    expect(contextOf({ a: Buffer.from('hi'), b: 0.5, c: 2 ** 60, d: NaN, e: -7, f: [1, 1.5], g: true })).toEqual({
      a: 'aGk=',
      e: -7,
      f: [1],
      g: true,
      service: 'S',
    });
  });
});
