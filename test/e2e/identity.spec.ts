// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { VmName } from '@givc/model';
import { GrpcDialer, RpcChannel, services } from '@givc/rpc';
import { identityOf, TestSystem } from '@givc/testing';

describe('identity', () => {
  let system: TestSystem;

  beforeAll(async () => {
    system = await TestSystem.start();
  });
  afterAll(() => system.close());

  it('is verified by a certificate of the authority for the address of the caller', async () => {
    await expect(system.client('cli').queryList()).resolves.toEqual({ List: [] });
  });

  it('is the name of the server, not its address', async () => {
    const elsewhere = new RpcChannel(
      { ...system.admin.endpoint, name: 'other-vm' as VmName },
      new GrpcDialer(identityOf(system.material('cli'))),
    );
    const { queryList } = services['admin.AdminService'];
    await expect(elsewhere.unary(queryList, {})).rejects.toMatchObject({
      reason: 'UNAVAILABLE',
      message: expect.stringContaining('other-vm'),
    });
    elsewhere.close();
  });

  it('is empty when TLS is off, in all programs', async () => {
    const open = await TestSystem.start({ tls: false });
    await open.startAgent('net-vm');
    await open.untilRegistered('net-vm');
    expect((await open.client().queryList()).List).toHaveLength(1);
    await open.close();
  });
});
