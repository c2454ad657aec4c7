// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { AdminClient } from '@givc/client';
import type { admin, TlsIdentity, TlsMaterial } from '@givc/rpc';
import {
  FakeSystemd,
  testAccess,
  testAuthority,
  TestSystem,
  tlsMaterial,
  type TestRecord,
  type UnitName,
} from '@givc/testing';

const web = 'web.service' as UnitName;
const vms = ['net-vm', 'gui-vm'] as const;
const peers = [...vms, 'admin-vm'] as const;
/** An agent is lost after a silence of 3.75 s, which is longer than a peer with an expired certificate may stay. */
const heartbeatMs = 1_500;
const hoursMs = 26 * 60 * 60 * 1_000;

describe('a certificate that expires while the computer sleeps for hours', () => {
  const authority = testAuthority();
  let system: TestSystem;
  let identities: Map<string, TlsIdentity>;
  let records: Map<string, TestRecord>;
  let changes: string[];
  let changed: () => void;
  let agents: { readonly name: string; readonly lines: readonly string[] }[];
  let client: AdminClient;
  /** OpenSSL reads the clock itself, so the certificates are issued before the clock is set. */
  let renewed: Map<string, TlsMaterial>;
  let callers: TlsMaterial;

  /** The certificate of one peer is valid for a day; those of the others are valid for longer. */
  const start = async (short: (typeof peers)[number]) => {
    identities = new Map();
    records = new Map();
    agents = [];
    const accessOf = async (name: string) => {
      const tls = tlsMaterial(authority, { name, days: name === short ? 1 : 30 });
      const { access, record } = await testAccess('denied', { tls, rules: undefined });
      identities.set(name, access.identity!);
      records.set(name, record);
      return access;
    };
    system = await TestSystem.start({ authority, access: await accessOf('admin-vm') });
    for (const name of vms) {
      const systemd = new FakeSystemd();
      systemd.define(web, { active: true });
      const capabilities = { services: [web] };
      const { lines } = await system.startAgent(name, {
        access: await accessOf(name),
        systemd,
        heartbeatMs,
        capabilities,
      });
      agents.push({ name, lines });
    }
    await system.until((list) => list.filter(({ VmStatus }) => VmStatus === 'Running').length === 2 * vms.length);
    renewed = new Map(peers.map((name) => [name, tlsMaterial(authority, { name, days: 30 })]));
    callers = tlsMaterial(authority, { name: 'cli', days: 30 });
    client = system.client({ tls: callers });
    changes = [];
    changed = () => undefined;
    const watch = client.watchOnce({});
    await watch.next();
    void (async () => {
      for await (const { Status } of watch) {
        const { Name, VmName, VmStatus } = (Status as { value: admin.QueryListItem }).value;
        changes.push(`${VmName} ${Name} ${VmStatus}`);
        changed();
      }
    })().catch(() => undefined);
  };

  /** Simulates a sleep: no process runs meanwhile, and the wall clock is correct as soon as they continue. */
  const sleep = () => {
    const now = Date.now.bind(Date);
    jest.spyOn(Date, 'now').mockImplementation(() => now() + hoursMs);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 4_000);
  };
  /** Replaces the peer's certificate by one that is valid for longer. */
  const renew = (name: string) => identities.get(name)!.replace(renewed.get(name)!);
  const until = async (change: string) => {
    while (!changes.includes(change)) await new Promise<void>((resolve) => (changed = resolve));
  };
  const cutOff = async (by: string, peer: string) =>
    expect(await records.get(by)!.next('TLS')).toMatchObject({
      peer,
      reason: expect.stringMatching(/^its certificate expired on /),
    });

  const nextTurn = () => new Promise<void>((resolve) => setImmediate(resolve));

  afterEach(async () => {
    jest.restoreAllMocks();
    await system.close();
  });

  it('disconnects its agent, and no other, until it is renewed; then the agent is back by itself', async () => {
    await start('gui-vm');
    sleep();
    await cutOff('admin-vm', 'gui-vm');
    await until('gui-vm givc-gui-vm.service PoweredOff');
    renew('gui-vm');
    await until('gui-vm givc-gui-vm.service Running');
    expect(changes.filter((change) => !change.startsWith('gui-vm '))).toEqual([]);
    for (const VmName of vms) await client.getUnitStatus({ VmName, UnitName: web });
  });

  it('loses no agent and causes no event of a watch when it is renewed at the wake-up', async () => {
    await start('gui-vm');
    sleep();
    renew('gui-vm');
    await cutOff('admin-vm', 'gui-vm');
    for (const VmName of vms) await client.getUnitStatus({ VmName, UnitName: web });
    expect(changes).toEqual([]);
  });

  it("loses no agent when it is the admin's and is renewed at the wake-up", async () => {
    await start('admin-vm');
    sleep();
    renew('admin-vm');
    for (const { name, lines } of agents) {
      await cutOff(name, 'admin-vm');
      while (lines.filter((line) => line.includes('registered')).length < 2) await nextTurn();
    }
    expect(system.admin.lines.filter((line) => line.includes('agent lost'))).toEqual([]);
    const other = system.client({ tls: callers });
    for (const VmName of vms) await other.getUnitStatus({ VmName, UnitName: web });
  });
});
