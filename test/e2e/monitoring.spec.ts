// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Address, UnitName } from '@givc/model';
import { FakeSystemd } from '@givc/systemd';
import { TestSystem, type TestAgent } from '@givc/testing';
import { freePort } from '../support/free-port.js';

interface Panel {
  readonly title: string;
  readonly targets: readonly { readonly expr: string }[];
}
const { panels } = JSON.parse(readFileSync('docs/monitoring/dashboard.json', 'utf8')) as { readonly panels: Panel[] };
const queries = panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));

/** With what scripts/prometheus.mjs has unpacked. */
const env = { ...process.env, PATH: `${process.env['PATH']}:${resolve('dist/prometheus/usr/bin')}` };
const isInstalled = spawnSync('promtool', ['--version'], { env }).status === 0;
if (!isInstalled)
  process.stderr.write('SKIPPED: test/e2e/monitoring needs promtool and prometheus: apt-get install prometheus\n');

(isInstalled ? describe : describe.skip)('the monitoring of docs/monitoring', () => {
  const metrics = { protocol: 'tcp', host: '127.0.0.1', port: 0 } as const;
  const folder = mkdtempSync(join(tmpdir(), 'givc-monitoring-'));
  let system: TestSystem;
  let agent: TestAgent;
  let prometheus: ChildProcess;
  let origin: string;

  const target = (address: Address | undefined) =>
    address?.protocol === 'tcp' ? `${address.host}:${address.port}` : '';
  const query = async (expr: string): Promise<{ status: string; data: { result: unknown[] } }> => {
    const response = await fetch(`${origin}/api/v1/query?query=${encodeURIComponent(expr)}`);
    return (await response.json()) as Awaited<ReturnType<typeof query>>;
  };

  beforeAll(async () => {
    const systemd = new FakeSystemd();
    systemd.define('web.service', { active: true });
    systemd.use('web.service' as UnitName, { cpuNsec: 1_000n, memoryBytes: 4_096, tasks: 1, restarts: 0 });
    system = await TestSystem.start({ metrics });
    agent = await system.startAgent('net-vm', { capabilities: { services: ['web.service'] }, systemd, metrics });
    await system.until((list) => list.some(({ Name }) => Name === 'web.service'));
    await system.client().queryList();
    const port = await freePort();
    const jobs = [
      ['givc-admin', system.admin.metrics],
      ['givc-agent', agent.metrics],
    ] as const;
    const config = {
      global: { scrape_interval: '1s' },
      rule_files: [join(process.cwd(), 'docs/monitoring/alerts.yml')],
      scrape_configs: jobs.map(([job_name, address]) => ({
        job_name,
        static_configs: [{ targets: [target(address)], labels: { instance: job_name } }],
      })),
    };
    writeFileSync(join(folder, 'prometheus.yml'), JSON.stringify(config));
    origin = `http://127.0.0.1:${port}`;
    prometheus = spawn(
      'setpriv',
      [
        ...['--pdeathsig', 'KILL', 'prometheus'],
        `--config.file=${join(folder, 'prometheus.yml')}`,
        `--storage.tsdb.path=${join(folder, 'data')}`,
        `--web.listen-address=127.0.0.1:${port}`,
      ],
      { env, stdio: ['ignore', 'ignore', 'pipe'] },
    );
    await new Promise<void>((ready) =>
      prometheus.stderr!.on('data', (text) => String(text).includes('ready to receive web requests') && ready()),
    );
  });
  afterAll(async () => {
    if (prometheus?.exitCode === null) {
      prometheus.kill('SIGKILL');
      await once(prometheus, 'exit');
    }
    await system.close();
    rmSync(folder, { recursive: true });
  });

  it('has alert rules that promtool accepts, and that fire when they should', () => {
    const run = (...args: string[]) => execFileSync('promtool', args, { env, encoding: 'utf8', stdio: 'pipe' });
    expect(run('check', 'rules', 'docs/monitoring/alerts.yml')).toContain('6 rules found');
    expect(run('test', 'rules', 'docs/monitoring/alerts.test.yml')).toContain('SUCCESS');
    const rules = readFileSync('docs/monitoring/alerts.yml', 'utf8').match(/(?<=alert: )\w+/g)!;
    const tests = readFileSync('docs/monitoring/alerts.test.yml', 'utf8');
    expect(rules.filter((rule) => !tests.includes(`alertname: ${rule}\n`))).toEqual([]);
  });

  /** Queries that have a result only while something is wrong. */
  const isOfFaults = (expr: string) => /> 0$|code!~/.test(expr);

  it.each(queries)('has a dashboard whose query Prometheus answers: %s', async (expr) => {
    for (;;) {
      const { status, data } = await query(expr);
      expect(status).toBe('success');
      if (data.result.length > 0 || isOfFaults(expr)) return;
    }
  });

  it('names only metrics that the daemons serve', async () => {
    const names = new Set(
      [...queries, readFileSync('docs/monitoring/alerts.yml', 'utf8')].flatMap(
        (text) => text.match(/\b(givc|process)_[a-z_]+/g) ?? [],
      ),
    );
    const served = await Promise.all(
      [system.admin.metrics, agent.metrics].map(async (address) =>
        (await fetch(`http://${target(address)}/metrics`)).text(),
      ),
    );
    expect([...names].filter((name) => !served.join().includes(`# HELP ${name.replace(/_bucket$/, '')} `))).toEqual([]);
  });
});
