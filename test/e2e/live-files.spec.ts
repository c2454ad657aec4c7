// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { Access } from '@givc/access';
import { AdminClient } from '@givc/client';
import { Log } from '@givc/log';
import { createAuthority, writeCertificates, type Authority } from '@givc/pki';
import { health, services, type TlsMaterial } from '@givc/rpc';
import { FakeSystemd } from '@givc/systemd';
import { TestSystem, tlsMaterial } from '@givc/testing';

const denial = 'permission denied by admin access control policy';
const permitLooking = 'permit(principal, action in [Command::"QueryList", Command::"Watch"], resource);';

describe('the files of a running admin', () => {
  let folder: string;
  let authority: Authority;
  let system: TestSystem;
  let access: Access;
  let lines: string[];
  let wake: () => void;
  const path = (name: string) => join(folder, name);
  const clients: AdminClient[] = [];

  const issue = (options: Partial<Parameters<Authority['issue']>[0]> = {}) =>
    authority.issue({ name: 'admin-vm', addresses: ['127.0.0.1'], ...options });
  const client = (tls: TlsMaterial = tlsMaterial(authority, { name: 'cli' })): AdminClient => {
    const opened = new AdminClient(system.admin.endpoint, tls);
    clients.push(opened);
    return opened;
  };
  const onLine = (line: string): void => {
    lines.push(line.trimEnd());
    wake();
  };
  const logged = async (text: string): Promise<string> => {
    for (;;) {
      const found = lines.find((line) => line.includes(text));
      if (found) return found;
      await new Promise<void>((resolve) => (wake = resolve));
    }
  };
  const serial = async (): Promise<string> => {
    const { address, name } = system.admin.endpoint;
    if (address.protocol !== 'tcp') throw new Error('TCP is needed');
    const tls = tlsMaterial(authority, { name: 'cli' });
    const socket = connectTls({
      ...tls,
      host: address.host,
      port: address.port,
      servername: name,
      ALPNProtocols: ['h2'],
    });
    await once(socket, 'secureConnect');
    const { serialNumber } = socket.getPeerCertificate();
    socket.destroy();
    return serialNumber;
  };

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'givc-'));
    authority = createAuthority();
    lines = [];
    wake = () => undefined;
    await writeCertificates(folder, authority, issue());
    writeFileSync(path('rules.cedar'), permitLooking);
    writeFileSync(path('revoked'), '# empty\n');
    access = await Access.open(
      denial,
      {
        tls: { ca: path('ca-cert.pem'), cert: path('cert.pem'), key: path('key.pem') },
        rules: path('rules.cedar'),
        revocations: path('revoked'),
        audit: path('audit'),
      },
      new Log('info', onLine, false),
    );
    system = await TestSystem.start({ access, authority });
    for (const one of access.live) one.start?.();
  });
  afterEach(async () => {
    for (const one of clients.splice(0)) one.close();
    await system.close();
    for (const one of access.live) one.close();
    rmSync(folder, { recursive: true });
  });

  it('give it a new certificate for new connections, and leave open connections alone', async () => {
    const watching = client();
    const changes = watching.watchOnce();
    await changes.next();
    const before = await serial();
    await writeCertificates(folder, authority, issue());
    await logged('the certificate reloaded');
    expect(await serial()).not.toBe(before);
    await expect(watching.queryList()).resolves.toEqual({ List: [] });
    await changes.return(undefined);
  });

  it('keep its certificate when the new key does not fit, with one line in the log', async () => {
    const before = await serial();
    writeFileSync(path('key.pem'), issue().key);
    const line = await logged('the certificate not reloaded');
    expect(line).toContain(`the private key ${path('key.pem')} does not belong to the certificate ${path('cert.pem')}`);
    for (const one of access.live) one.reload();
    expect(lines.filter((text) => text.includes('not reloaded'))).toHaveLength(1);
    expect(await serial()).toBe(before);
  });

  it('disconnect revoked peers, which cannot connect again', async () => {
    const revoked = tlsMaterial(authority, { name: 'net-vm' });
    const changes = client(revoked).watchOnce();
    await changes.next();
    const other = client();
    await other.queryList();
    writeFileSync(path('revoked'), 'name net-vm   # stolen\n');
    await expect(changes.next()).rejects.toMatchObject({ reason: 'UNAVAILABLE' });
    await expect(client(revoked).queryList()).rejects.toMatchObject({ reason: 'UNAVAILABLE' });
    await expect(other.queryList()).resolves.toEqual({ List: [] });
    const record = readFileSync(path('audit'), 'utf8').trim().split('\n');
    expect(JSON.parse(record[0]!)).toMatchObject({
      peer: 'net-vm',
      address: '127.0.0.1',
      answer: 'TLS',
      reason: 'its certificate is revoked by its name net-vm',
    });
  });

  it('keep the admin from calling a revoked agent until it is no longer revoked', async () => {
    writeFileSync(path('rules.cedar'), 'permit(principal, action, resource);');
    await logged('the rules of access control reloaded');
    const systemd = new FakeSystemd();
    systemd.define('web.service');
    // Its call does not reach the admin, so the admin has no connection of it to end.
    const agent = await system.startAgent('net-vm', {
      adminPort: 1,
      systemd,
      capabilities: { services: ['web.service'] },
    });
    const { port } = agent.endpoint.address as { port: number };
    await client(tlsMaterial(authority, { name: 'net-vm' })).registerService({
      Name: 'givc-net-vm.service',
      Parent: '',
      Type: 8,
      Transport: { Protocol: 'tcp', Address: '127.0.0.1', Port: String(port), Name: 'net-vm' },
      State: {
        Name: 'givc-net-vm.service',
        Description: '',
        LoadState: 'loaded',
        ActiveState: 'active',
        SubState: 'running',
        Path: '',
        FreezerState: 'running',
      },
    });
    await system.untilRegistered('net-vm');
    const ask = () => client().getUnitStatus({ VmName: 'net-vm', UnitName: 'web.service' });
    await expect(ask()).resolves.toMatchObject({ Name: 'web.service' });
    const { serialNumber } = new X509Certificate(agent.identity!.material.cert);
    writeFileSync(path('revoked'), `serial ${serialNumber}\n`);
    await system.until((list) => list[0]?.VmStatus === 'PoweredOff');
    for (let attempt = 0; attempt < 3; attempt++)
      await expect(ask()).rejects.toMatchObject({
        reason: 'UNAVAILABLE',
        message: expect.stringContaining('the server is rejected: its certificate is revoked by its serial number'),
      });
    expect(readFileSync(path('audit'), 'utf8')).toMatch(/"peer":"net-vm","address":"127.0.0.1","answer":"TLS"/);
    writeFileSync(path('revoked'), '');
    await system.untilRegistered('net-vm');
    await expect(ask()).resolves.toMatchObject({ Name: 'web.service' });
  });

  it('revoke by serial numbers, too, and accept a peer again that is no longer revoked', async () => {
    const tls = tlsMaterial(authority, { name: 'net-vm' });
    const serialOf = (pem: Buffer) => new X509Certificate(pem).serialNumber;
    writeFileSync(path('revoked'), `serial ${serialOf(tls.cert).replace(/..(?=.)/g, '$&:')}\n`);
    await logged('the revocations reloaded');
    await expect(client(tls).queryList()).rejects.toMatchObject({ reason: 'UNAVAILABLE' });
    await expect(client(tlsMaterial(authority, { name: 'net-vm' })).queryList()).resolves.toEqual({ List: [] });
    lines = [];
    writeFileSync(path('revoked'), '');
    await logged('the revocations reloaded');
    await expect(client(tls).queryList()).resolves.toEqual({ List: [] });
  });

  it('change the rules during calls, none of which is lost', async () => {
    const caller = client();
    let isChanging = true;
    let answered = 0;
    const calling = (async () => {
      for (; isChanging; answered++) await caller.queryList();
    })();
    for (let version = 1; version <= 3; version++) {
      lines = [];
      writeFileSync(path('rules.cedar'), `${permitLooking} // version ${version}`);
      await logged('the rules of access control reloaded');
      for (const before = answered; answered < before + 2;) await caller.queryList();
    }
    isChanging = false;
    await calling;
    writeFileSync(path('rules.cedar'), '');
    lines = [];
    await logged('the rules of access control reloaded');
    await expect(caller.queryList()).rejects.toMatchObject({ reason: 'PERMISSION_DENIED' });
  });

  it('keep its rules when the new ones are invalid, and log the position of the mistake', async () => {
    writeFileSync(path('rules.cedar'), `${permitLooking}\npermit(principal`);
    expect(await logged('the rules of access control not reloaded')).toContain('rules.cedar:2:');
    for (const one of access.live) one.reload();
    expect(lines.filter((text) => text.includes('not reloaded'))).toHaveLength(1);
    await expect(client().queryList()).resolves.toEqual({ List: [] });
  });

  it('show in health that the certificate expires soon', async () => {
    writeFileSync(path('rules.cedar'), 'permit(principal, action, resource);');
    await logged('the rules of access control reloaded');
    const channel = system.channel(system.admin, { tls: tlsMaterial(authority, { name: 'cli' }) });
    const status = async () =>
      (await channel.unary(health.HealthService.check, { service: 'givc.certificate' })).status;
    expect(await status()).toBe(health.HealthCheckResponse_ServingStatus.SERVING);
    await writeCertificates(folder, authority, issue({ days: 5, notBefore: new Date(Date.now() - 4.5 * 86_400_000) }));
    await logged('the certificate reloaded');
    expect(await status()).toBe(health.HealthCheckResponse_ServingStatus.NOT_SERVING);
    expect(system.admin.lines.filter((line) => line.includes('expires soon'))).toHaveLength(1);
  });

  it('include an audit log of changes and rejections only, with a JSON object on each line', async () => {
    writeFileSync(path('rules.cedar'), '@id("all") permit(principal, action, resource);');
    await logged('the rules of access control reloaded');
    const caller = client();
    await caller.queryList();
    await caller
      .startApplication({ AppName: 'browser', VmName: 'no-vm', Args: ['https://secret.example'] })
      .catch(() => {});
    await system
      .channel(system.admin, { tls: tlsMaterial(authority, { name: 'cli' }) })
      .unary(services['admin.AdminService'].wakeup, {})
      .catch(() => undefined);
    const text = readFileSync(path('audit'), 'utf8');
    expect(text).not.toContain('secret');
    const record = text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(record.map(({ call, phase }) => [call, phase])).toEqual([
      [1, 'began'],
      [1, 'ended'],
      [2, 'began'],
      [2, 'ended'],
    ]);
    expect(record.filter(({ phase }) => phase === 'ended')).toEqual([
      {
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
        peer: 'cli',
        address: '127.0.0.1',
        rpc: '/admin.AdminService/StartApplication',
        request: { AppName: 'browser', VmName: 'no-vm' },
        answer: 'NOT_FOUND',
        ms: expect.any(Number),
        rule: 'all',
        call: 1,
        phase: 'ended',
      },
      expect.objectContaining({ rpc: '/admin.AdminService/Wakeup', answer: 'UNIMPLEMENTED', rule: 'all' }),
    ]);
  });
});
