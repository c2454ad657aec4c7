// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { INestMicroservice } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { runDaemon, type Daemon } from '@givc/daemon';
import type { Level, Log } from '@givc/log';
import { parseVmName } from '@givc/model';
import { createAuthority, writeCertificates } from '@givc/pki';
import { admin, GrpcDialer, RpcChannel, systemd, type TlsMaterial } from '@givc/rpc';
import { DbusSystemd, FakeSystemd } from '@givc/systemd';
import { identityOf, tlsMaterial } from '@givc/testing';
import { scrape } from '../support/scrape.js';

jest.mock('@givc/daemon', () => ({ ...jest.requireActual<object>('@givc/daemon'), runDaemon: jest.fn() }));

/** The configuration of a daemon for these arguments and variables. */
type Configure = (args: readonly string[], variables?: Readonly<Record<string, string>>) => Promise<Daemon>;

async function configureOf(load: () => Promise<unknown>): Promise<Configure> {
  await load();
  const [name, configure] = jest.mocked(runDaemon).mock.lastCall!;
  return async (args, variables = {}) => {
    const [argv, env] = [process.argv, process.env];
    process.argv = ['node', name, ...args];
    process.env = { PATH: env['PATH'], ...variables };
    try {
      return (await configure()) as Daemon;
    } finally {
      [process.argv, process.env] = [argv, env];
    }
  };
}

/** The lines that `act` writes to stderr. */
async function stderrOf(act: () => unknown): Promise<string[]> {
  let text = '';
  const stderr = jest.spyOn(process.stderr, 'write').mockImplementation((some) => (text += String(some)) !== '');
  await act();
  stderr.mockRestore();
  return text.split('\n').slice(0, -1);
}

const sayAll = (log: Log) => {
  for (const level of ['error', 'warn', 'info', 'debug'] as const) log[level](`of level ${level}`);
};

describe.each<[program: string, load: () => Promise<unknown>, denial: string]>([
  ['givc-admin', () => import('../../apps/admin/src/main.js'), 'permission denied by admin access control policy'],
  ['givc-agent', () => import('../../apps/agent/src/main.js'), 'permission denied by access control policy'],
])('%s', (program, load, denial) => {
  const folder = mkdtempSync(join(tmpdir(), 'givc-'));
  const path = (name: string) => join(folder, name);
  const authority = createAuthority();
  const name = program === 'givc-admin' ? 'admin-vm' : 'net-vm';
  let configure: Configure;
  const opened: Daemon[] = [];
  let application: INestMicroservice | undefined;

  const settings = {
    identity: { type: 8, subType: 9, name },
    network: {
      admin: { transport: { name: 'admin-vm', addr: '127.0.0.1', port: 1, protocol: 'tcp' } },
      agent: { transport: { name, addr: '127.0.0.1', port: 0, protocol: 'tcp' } },
      tls: { enable: true, caCertPath: path('ca-cert.pem'), certPath: path('cert.pem'), keyPath: path('key.pem') },
    },
    accessControl: { enable: true, rulesFile: path('rules.cedar') },
    capabilities: {},
  };
  const tls = { TLS: 'true', CA_CERT: path('ca-cert.pem'), HOST_CERT: path('cert.pem'), HOST_KEY: path('key.pem') };
  const rules = { ACCESS_CONTROL: 'true', CEDAR_FILE: path('rules.cedar') };

  /** A configuration of both programs in one system: with TLS, and with rules that permit nothing. */
  const open = async (variables: Readonly<Record<string, string>>, ...args: string[]): Promise<Daemon> => {
    const own = program === 'givc-admin' ? ['--listen', '127.0.0.1:0'] : ['-config', path('agent.json')];
    const more = program === 'givc-admin' ? { ...tls, ...rules, NAME: name } : {};
    const daemon = await configure([...own, ...args], { GIVC_AUDIT: path('audit'), ...more, ...variables });
    opened.push(daemon);
    return daemon;
  };

  beforeAll(async () => {
    await writeCertificates(folder, authority, authority.issue({ name, addresses: ['127.0.0.1'] }));
    writeFileSync(path('rules.cedar'), '');
    writeFileSync(path('agent.json'), JSON.stringify(settings));
    jest.spyOn(DbusSystemd, 'connect').mockResolvedValue(new FakeSystemd() as unknown as DbusSystemd);
    configure = await configureOf(load);
  });
  afterEach(async () => {
    await application?.close();
    application = undefined;
    for (const { reloadables } of opened.splice(0)) for (const one of reloadables) one.close();
  });
  afterAll(() => {
    jest.restoreAllMocks();
    rmSync(folder, { recursive: true });
  });

  it.each<[Level, string[]]>([
    ['error', ['error: of level error']],
    ['warn', ['error: of level error', 'warn: of level warn']],
    ['info', ['error: of level error', 'warn: of level warn', 'info: of level info']],
    ['debug', ['error: of level error', 'warn: of level warn', 'info: of level info', 'debug: of level debug']],
  ])('logs at the level of GIVC_LOG: %s', async (level, lines) => {
    const { log } = await open({ GIVC_LOG: level });
    expect(await stderrOf(() => sayAll(log))).toEqual(lines);
  });

  it('logs events of level info and above unless GIVC_LOG says otherwise', async () => {
    const { log } = await open({});
    expect(await stderrOf(() => sayAll(log))).toEqual([
      'error: of level error',
      'warn: of level warn',
      'info: of level info',
    ]);
  });

  it('prefers its flag to GIVC_LOG', async () => {
    const { log } = await open({ GIVC_LOG: 'debug' }, '--log', 'error');
    expect(await stderrOf(() => sayAll(log))).toEqual(['error: of level error']);
  });

  it('warns of an unknown level in GIVC_LOG', async () => {
    const lines = await stderrOf(() => open({ GIVC_LOG: 'info,tokio=trace' }));
    expect(lines).toEqual([expect.stringMatching(/^warn: .*GIVC_LOG: .*tokio=trace.* has no effect"$/)]);
  });

  it('warns of keys without effect in its configuration', async () => {
    writeFileSync(path('agent.json'), JSON.stringify({ ...settings, polices: {} }));
    const policies = { POLICY_ADMIN: 'true', POLICY_STORE: folder, POLICY_CONFIG: '{"polices":{}}' };
    const lines = await stderrOf(() => open(policies));
    writeFileSync(path('agent.json'), JSON.stringify(settings));
    expect(lines).toEqual([expect.stringMatching(/^warn: configuration .*polices: unknown key"$/)]);
  });

  it('only checks its configuration when it is asked to, without systemd and without an audit log', async () => {
    const check = program === 'givc-admin' ? ['--listen', '127.0.0.1:0', '--check'] : ['-check', path('agent.json')];
    jest.mocked(DbusSystemd.connect).mockClear();
    const variables = { GIVC_AUDIT: path('none'), ...tls, ...rules };
    expect(await configure(check, variables)).toMatchObject({
      warnings: [],
      summary: expect.stringContaining('valid'),
    });
    expect(DbusSystemd.connect).not.toHaveBeenCalled();
    expect(existsSync(path('none'))).toBe(false);
  });

  it('verifies callers, applies its rules, records rejections and counts calls as it is configured', async () => {
    const daemon = await open({ GIVC_METRICS: path('metrics.sock'), GIVC_LOG: 'error' });
    application = await NestFactory.createMicroservice(daemon.module, { strategy: daemon.server, logger: false });
    await application.listen();
    const endpoint = { address: daemon.server.addresses[0]!, name: parseVmName('name', name) };
    const call = async (material: TlsMaterial) => {
      const channel = new RpcChannel(endpoint, new GrpcDialer(identityOf(material)));
      const answer =
        program === 'givc-admin'
          ? channel.unary(admin.AdminServiceService.queryList, {})
          : channel.unary(systemd.UnitControlServiceService.getUnitStatus, { UnitName: 'a.service' });
      await answer.finally(() => channel.close());
    };
    const rpc = program === 'givc-admin' ? 'admin.AdminService/QueryList' : 'systemd.UnitControlService/GetUnitStatus';
    await expect(call(tlsMaterial(authority, { name: 'gui-vm' }))).rejects.toMatchObject({
      reason: 'PERMISSION_DENIED',
      message: `${denial}: gui-vm may not call ${rpc}`,
    });
    const record = readFileSync(path('audit'), 'utf8').trim().split('\n');
    expect(record.map((line) => JSON.parse(line) as unknown)).toContainEqual(
      expect.objectContaining({ peer: 'gui-vm', rpc: `/${rpc}`, answer: 'PERMISSION_DENIED' }),
    );
    const samples = await scrape({ protocol: 'unix', path: path('metrics.sock') });
    expect(samples.get(`givc_rpc_calls_total{rpc="${rpc}",code="PERMISSION_DENIED"}`)).toBe(1);
  });
});
