// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AdminClient, parseAdminEndpoint } from '@givc/client';
import {
  BootId,
  createAdmin,
  createAgent,
  FakeSystemd,
  RegistryStorage,
  testAuthority,
  tlsMaterial,
  type TestServer,
} from '@givc/testing';

/** A registry store in memory that outlives its admin. */
class StorageInMemory extends RegistryStorage {
  constructor(private text: string | undefined = undefined) {
    super();
  }
  read(): unknown {
    return this.text === undefined ? undefined : JSON.parse(this.text);
  }
  write(text: string): Promise<void> {
    this.text = text;
    return Promise.resolve();
  }
  setAside(): string {
    return '';
  }
  clean(): Promise<void> {
    return Promise.resolve();
  }
}

describe('the test harness', () => {
  const opened: TestServer[] = [];
  const opening = async <Server extends TestServer>(starting: Promise<Server>): Promise<Server> => {
    const server = await starting;
    opened.push(server);
    return server;
  };
  afterEach(() => Promise.all(opened.splice(0).map((server) => server.close())));

  it('starts an admin and an agent, which registers, each on a port of its own', async () => {
    const admin = await opening(createAdmin());
    const agent = await opening(createAgent({ name: 'net-vm', admin: admin.address }));
    await admin.untilRegistered('net-vm');
    expect(new Set([admin, agent].map(({ address }) => address)).size).toBe(2);
  });

  it('resolves a wait for the registry after a later change', async () => {
    const admin = await opening(createAdmin());
    const systemd = new FakeSystemd();
    const unit = systemd.define('web.service');
    await opening(createAgent({ name: 'net-vm', admin: admin.address, systemd, capabilities: { services: [unit] } }));
    const isListed = (state: string) =>
      admin.until((entries) => entries.some(({ Name, VmStatus }) => Name === unit && VmStatus === state));
    await isListed('PoweredOff');
    const running = isListed('Running');
    await systemd.startUnit(unit);
    await running;
  });

  it('accepts only callers with a certificate of its authority, when it has one', async () => {
    const authority = testAuthority();
    const admin = await opening(createAdmin({ tls: tlsMaterial(authority, { name: 'admin-vm' }) }));
    for (const [tls, outcome] of [
      [tlsMaterial(authority, { name: 'cli' }), expect.objectContaining({ List: [] })],
      [tlsMaterial(testAuthority(), { name: 'cli' }), expect.objectContaining({ reason: 'UNAVAILABLE' })],
    ] as const) {
      const client = new AdminClient(parseAdminEndpoint(admin.address), tls);
      expect(await client.queryList().catch((error: unknown) => error)).toEqual(outcome);
      client.close();
    }
  });

  it('replaces a provider of the admin', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'givc-'));
    try {
      const storage = new StorageInMemory();
      const start = () =>
        opening(
          createAdmin({ stateDirectory: folder }, { overrides: [{ provide: RegistryStorage, useValue: storage }] }),
        );
      const first = await start();
      const agent = await opening(createAgent({ name: 'net-vm', admin: first.address }));
      await first.untilRegistered('net-vm');
      await agent.close();
      await first.close();
      const second = await start();
      await second.until((entries) => entries.some(({ Name }) => Name === 'givc-net-vm.service'));
      expect(existsSync(join(folder, 'registry.json'))).toBe(false);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('replaces a provider of the agent', async () => {
    const admin = await opening(createAdmin());
    const bootId = new BootId('a boot of this test');
    const agent = await opening(
      createAgent({ name: 'net-vm', admin: admin.address }, { overrides: [{ provide: BootId, useValue: bootId }] }),
    );
    expect(agent.get(BootId)).toBe(bootId);
    await admin.untilRegistered('net-vm');
  });

  it('rejects an override of an unknown provider', async () => {
    const overrides = [{ provide: BootId, useValue: new BootId('') }];
    await expect(createAdmin({}, { overrides })).rejects.toThrow('BootId');
  });

  it('is closed once, and its address is free afterwards', async () => {
    const admin = await createAdmin();
    await Promise.all([admin.close(), admin.close()]);
    await (await opening(createAdmin({ listen: [admin.endpoint.address] }))).close();
  });
});
