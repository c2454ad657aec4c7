// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { status } from '@grpc/grpc-js';
import { admin, services, type TlsMaterial } from '@givc/rpc';
import { TestSystem, tlsMaterial, type TestServer } from '@givc/testing';
import { rawCall, rawSession } from '../support/raw-call.js';

const rules = `
  @id("agents register")
  permit(principal, action == Command::"RegisterService", resource == Module::"admin");
  @id("people look")
  permit(principal == Source::"cli", action in [Command::"QueryList", Command::"Watch"], resource == Module::"admin");
  @id("people start chrome-vm")
  permit(principal == Source::"cli", action == Command::"StartVM", resource == Module::"admin")
  when { context.VmName == "chrome-vm" };
  @id("a rule that throws")
  permit(principal == Source::"gui-vm", action == Command::"StartApplication", resource == Module::"admin")
  when { context.VmName == "chrome-vm" };
`;

const { queryList } = services['admin.AdminService'];
const { check } = services['grpc.health.v1.Health'];
const reflection = services['grpc.reflection.v1.ServerReflection'].serverReflectionInfo;

const registration = (request: Partial<admin.RegistryRequest>, host = '127.0.0.1'): admin.RegistryRequest => ({
  Name: 'givc-net-vm.service',
  Parent: '',
  Type: 8,
  Transport: { Protocol: 'tcp', Address: host, Port: '1', Name: 'net-vm' },
  State: undefined,
  ...request,
});

describe('attacks on an admin and an agent with rules', () => {
  let system: TestSystem;
  let host: TestServer;

  beforeAll(async () => {
    system = await TestSystem.start({ rules });
    host = await system.startAgent('host', {
      type: 0,
      capabilities: { vmServices: { appVms: ['microvm@chrome-vm.service'] } },
      rules: '@id("the admin looks after it") permit(principal == Source::"admin-vm", action, resource);',
    });
    await system.startAgent('net-vm', { capabilities: { services: ['web.service'] } });
    await system.untilRegistered('host');
    await system.untilRegistered('net-vm');
  });
  afterAll(() => system.close());

  const as = (name: string, more: Partial<Parameters<typeof tlsMaterial>[1]> = {}) => ({
    tls: tlsMaterial(system.authority, { name, ...more }),
  });
  const register = (who: { tls: TlsMaterial }, request: admin.RegistryRequest) =>
    system.client(who).registerService(request);
  /** Uses a client that does not reconnect. */
  const list = async (who: { tls: TlsMaterial | undefined }) => {
    const client = system.client(who);
    return client.queryList().finally(() => client.close());
  };

  describe('a caller with a valid certificate', () => {
    const reflect = (tls: TlsMaterial) =>
      system
        .channel(system.admin, { tls })
        .serverStream(reflection, { host: '', message_request: { $case: 'list_services', value: '' } })
        .next();
    const elsewhere = () => as('net-vm', { addresses: ['192.168.101.6'] });

    it.each<[who: string, attack: () => Promise<unknown>, expected: string]>([
      ['calls from an address that the certificate does not name', () => list(elsewhere()), '127.0.0.1'],
      ['asks for reflection from such an address', () => reflect(elsewhere().tls), '127.0.0.1'],
      ['has a certificate without a name', () => list({ tls: namelessMaterial(system) }), 'has no DNS name'],
      [
        'registers the agent of another VM',
        () => register(as('gui-vm'), registration({})),
        'only with the certificate of net-vm, and this is gui-vm',
      ],
      [
        'registers a unit below the agent of another VM',
        () => register(as('gui-vm'), registration({ Name: 'web.service', Type: 9, Parent: 'givc-net-vm.service' })),
        'only with the certificate of net-vm, and this is gui-vm',
      ],
      [
        'registers the agent of another VM as a unit of its own',
        () =>
          register(as('net-vm'), registration({ Name: 'givc-gui-vm.service', Type: 9, Parent: 'givc-net-vm.service' })),
        'only with the certificate of gui-vm, and this is net-vm',
      ],
      [
        'registers a VM unit without being the host',
        () =>
          register(
            as('net-vm'),
            registration({ Name: 'microvm@gui-vm.service', Type: 7, Parent: 'givc-net-vm.service' }),
          ),
        'which only the host registers: host',
      ],
      [
        'registers a VM unit below the agent of the host',
        () =>
          register(
            as('net-vm'),
            registration({ Name: 'microvm@gui-vm.service', Type: 7, Parent: 'givc-host.service' }),
          ),
        'only with the certificate of host, and this is net-vm',
      ],
      [
        'registers a unit with the name of a VM',
        () =>
          register(
            as('net-vm'),
            registration({ Name: 'microvm@gui-vm.service', Type: 9, Parent: 'givc-net-vm.service' }),
          ),
        'which only the host registers: host',
      ],
      [
        'registers as the host',
        () => register(as('net-vm'), registration({ Type: 0 })),
        'the host of this system is host, not net-vm',
      ],
      [
        'registers as the machine of the admin',
        () => register(as('net-vm'), registration({ Type: 4 })),
        "the admin's machine is admin-vm, not net-vm",
      ],
      [
        'registers a unit as one of the host',
        () => register(as('net-vm'), registration({ Name: 'web.service', Type: 1, Parent: 'givc-net-vm.service' })),
        'the host of this system is host, not net-vm',
      ],
      [
        'has the admin connect to an address of another machine',
        () => register(as('net-vm'), registration({}, '192.168.101.3')),
        'is not for 192.168.101.3',
      ],
      [
        'has the admin connect to another name',
        () =>
          register(
            as('net-vm'),
            registration({ Transport: { Protocol: 'tcp', Address: '127.0.0.1', Port: '1', Name: 'gui-vm' } }),
          ),
        'not as gui-vm',
      ],
      ['asks for reflection that no rule permits', () => reflect(as('cli').tls), 'admin access control policy'],
      [
        'asks for the health that no rule permits',
        () => system.channel(system.admin).unary(check, { service: '' }),
        'admin access control policy',
      ],
      [
        'starts a VM that no rule permits',
        () => system.client('cli').startVm({ VmName: 'net-vm' }),
        'permission denied by admin access control policy',
      ],
      [
        'calls an rpc for which a rule throws',
        () => system.client('gui-vm').startApplication({ AppName: 'a', Args: [] }),
        'permission denied by admin access control policy',
      ],
    ])('is denied when it %s', async (_, attack, expected) => {
      const before = (await system.client().queryList()).List;
      system.admin.record.skip();
      await expect(attack()).rejects.toMatchObject({
        reason: 'PERMISSION_DENIED',
        message: expect.stringContaining(expected),
      });
      expect(await system.admin.record.next('PERMISSION_DENIED')).toMatchObject({
        address: '127.0.0.1',
        ms: expect.any(Number),
      });
      expect((await system.client().queryList()).List).toEqual(before);
    });

    it('is denied by an agent that permits no caller', async () => {
      const call = system
        .channel(host)
        .unary(services['systemd.UnitControlService'].getUnitStatus, { UnitName: 'a.service' });
      await expect(call).rejects.toMatchObject({
        reason: 'PERMISSION_DENIED',
        message: expect.stringContaining('permission denied by access control policy'),
      });
      expect(await host.record.next('PERMISSION_DENIED')).toMatchObject({
        peer: 'cli',
        address: '127.0.0.1',
        rpc: '/systemd.UnitControlService/GetUnitStatus',
        request: { UnitName: 'a.service' },
        ms: expect.any(Number),
        reason: 'no rule permits it',
      });
    });

    it('is denied by a rule that throws, which is logged once', async () => {
      system.admin.record.skip();
      for (let attempt = 0; attempt < 2; attempt++) {
        const start = system.client('gui-vm').startApplication({ AppName: 'clock', Args: [] });
        await expect(start).rejects.toMatchObject({ reason: 'PERMISSION_DENIED' });
      }
      expect(await system.admin.record.next('PERMISSION_DENIED')).toMatchObject({
        peer: 'gui-vm',
        rule: 'a rule that throws',
        reason: expect.stringMatching(/^test\.cedar:\d+:\d+: .*`VmName`/),
      });
      expect(system.admin.lines.filter((line) => line.includes('cannot be evaluated'))).toEqual([
        expect.stringMatching(
          /^error: a rule cannot be evaluated, so the call is denied error="test\.cedar:\d+:\d+: .*`VmName`/,
        ),
      ]);
    });

    it('cannot repeat a registration of the address that its machine had before', async () => {
      const old = as('moved-vm', {
        addresses: ['127.0.0.1', '127.0.0.7'],
        notBefore: new Date(Date.now() - 7_200_000),
      });
      const renewed = as('moved-vm', { addresses: ['127.0.0.1'] });
      const at = (address: string) =>
        registration({
          Name: 'givc-moved-vm.service',
          Transport: { Protocol: 'tcp', Address: address, Port: '1', Name: 'moved-vm' },
        });
      await register(old, at('127.0.0.7'));
      await register(renewed, at('127.0.0.1'));
      await expect(register(renewed, at('127.0.0.7'))).rejects.toMatchObject({ reason: 'PERMISSION_DENIED' });
      await expect(register(old, at('127.0.0.7'))).rejects.toMatchObject({
        reason: 'PERMISSION_DENIED',
        message: expect.stringContaining('newer certificate'),
      });
    });

    it.each(['../x.service', 'a/../../b.service', 'a\n.service', 'a\0.service', 'a@.service', '@.service', '.service'])(
      'cannot register a unit with the name %j',
      async (UnitName) => {
        await expect(
          register(as('net-vm'), registration({ Name: UnitName, Type: 9, Parent: 'givc-net-vm.service' })),
        ).rejects.toMatchObject({ reason: 'INVALID_ARGUMENT' });
      },
    );

    it('cannot change its request after a call has opened', async () => {
      const session = await rawSession(system.admin.endpoint, system.material('cli')!);
      const start = (VmName: string) => admin.StartVMRequest.encode({ VmName }).finish();
      const recorded = system.admin.record.lines.length;
      const answer = await rawCall(session, '/admin.AdminService/StartVM', [start('chrome-vm'), start('net-vm')]);
      expect([status.UNIMPLEMENTED, status.INTERNAL]).toContain(answer);
      const mixed = await rawCall(session, queryList.path, [new Uint8Array(), start('net-vm')]);
      expect([status.UNIMPLEMENTED, status.INTERNAL]).toContain(mixed);
      expect(system.admin.record.lines.slice(recorded)).toEqual([]);
      session.destroy();
    });
  });
});

/** A certificate that names only an address, which the product's own authority never issues. */
function namelessMaterial({ authority }: TestSystem): TlsMaterial {
  const folder = mkdtempSync(join(tmpdir(), 'givc-'));
  const file = (name: string) => join(folder, name);
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'ignore' });
  try {
    writeFileSync(file('ca.pem'), authority.certificate);
    writeFileSync(file('ca.key'), authority.key);
    writeFileSync(file('extensions'), 'subjectAltName=IP:127.0.0.1\nextendedKeyUsage=clientAuth\n');
    const key = [
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
      '-keyout',
      'key',
      '-subj',
      '/CN=cli',
    ];
    openssl('req', '-new', ...key, '-out', 'request');
    const sign = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-extfile', 'extensions', '-days', '1'];
    openssl('x509', '-req', '-in', 'request', ...sign, '-out', 'cert');
    return { ca: Buffer.from(authority.certificate), cert: readFileSync(file('cert')), key: readFileSync(file('key')) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
