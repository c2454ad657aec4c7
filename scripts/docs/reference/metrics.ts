// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { FakeSystemd, TestSystem, type TestAdmin, type TestAgent, type UnitName } from '@givc/testing';
import type { Page } from '../page.js';
import { cell, code, table } from './tables.js';

interface Metric {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  readonly labels: readonly string[];
}

/** The metrics of a scrape in the text format of Prometheus, in their order. */
export function metricsIn(text: string): readonly Metric[] {
  return [...text.matchAll(/^# HELP (\S+) (.*)\n# TYPE \S+ (\S+)$/gm)].map(([, name, help, type]) => {
    const samples = text.split('\n').filter((line) => new RegExp(`^${name}(_bucket|_sum|_count)?[ {]`).test(line));
    const labels = samples.flatMap((line) => [...line.matchAll(/[{,](\w+)="/g)].map(([, label]) => label!));
    return { name: name!, help: help!, type: type!, labels: [...new Set(labels)].filter((label) => label !== 'le') };
  });
}

async function scrape({ metrics }: Pick<TestAdmin | TestAgent, 'metrics'>): Promise<string> {
  if (metrics?.protocol !== 'tcp') throw new Error('a daemon serves no metrics');
  return (await fetch(`http://${metrics.host}:${metrics.port}/metrics`)).text();
}

const rowsOf = (metrics: readonly Metric[]) =>
  metrics.map(({ name, type, labels, help }) => [code(name), type, labels.map(code).join(' '), cell(help)]);

/** The metrics that an admin and an agent serve, read from them. */
export async function metricsPage(): Promise<Page> {
  const metrics = { protocol: 'tcp', host: '127.0.0.1', port: 0 } as const;
  const systemd = new FakeSystemd();
  systemd.define('web.service', { active: true });
  systemd.use('web.service' as UnitName, { cpuNsec: 1_000n, memoryBytes: 4_096, tasks: 1, restarts: 0 });
  const system = await TestSystem.start({ metrics });
  const agent = await system.startAgent('net-vm', { capabilities: { services: ['web.service'] }, systemd, metrics });
  await system.until((list) => list.some(({ Name }) => Name === 'web.service'));
  const client = system.client();
  await client.queryList();
  await client.getUnitStatus({ VmName: 'net-vm', UnitName: 'web.service' });
  const [admin, ofAgent] = [metricsIn(await scrape(system.admin)), metricsIn(await scrape(agent))];
  await system.close();
  const names = (list: readonly Metric[]) => new Set(list.map(({ name }) => name));
  const both = admin.filter(({ name }) => names(ofAgent).has(name));
  const chapter = (title: string, list: readonly Metric[]) =>
    `## ${title}\n${table(['metric', 'type', 'labels', 'what'], rowsOf(list))}\n`;
  const text = `# Metrics

The daemons serve these metrics for Prometheus when [an address is configured](../operations.md#metrics).
[Monitoring](../monitoring/README.md) has alert rules and a dashboard for them.

${chapter('Both', both)}
${chapter(
  'The admin',
  admin.filter(({ name }) => !names(both).has(name)),
)}
${chapter(
  'An agent',
  ofAgent.filter(({ name }) => !names(both).has(name)),
)}`;
  return { file: 'docs/reference/metrics.md', text };
}
