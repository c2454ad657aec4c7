// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Metrics } from '@givc/metrics';
import type { UnitName } from '@givc/model';
import { FakeSystemd } from '@givc/systemd';
import { TrackedUnits } from '../registration/tracked-units.js';
import { unitsMax, UnitUsages } from '../resources/unit-usages.js';
import { UnitMetrics } from './unit-metrics.js';

describe('the metrics of units', () => {
  const [web, other, off] = ['web.service', 'other.service', 'off.service'] as UnitName[];
  let systemd: FakeSystemd;
  let units: TrackedUnits;
  let metrics: Metrics;
  const samples = async () => (await metrics.text()).split('\n').filter((line) => line.startsWith('givc_unit_'));

  beforeEach(async () => {
    systemd = new FakeSystemd();
    units = new TrackedUnits(systemd);
    metrics = await Metrics.load({ protocol: 'tcp', host: '127.0.0.1', port: 0 });
    for (const unit of [web!, other!, off!]) {
      systemd.define(unit, { active: unit !== off });
      await units.track(unit, 'SysVM', 'Svc');
    }
    new UnitMetrics(metrics, new UnitUsages(units, systemd));
  });
  afterEach(() => units.onApplicationShutdown());

  it('show the usage of each unit that runs, without restarts of what systemd does not restart', async () => {
    systemd.use(web!, { cpuNsec: 1_500_000_000n, memoryBytes: 4_096, tasks: 3, restarts: 2 });
    systemd.use(other!, { cpuNsec: 0n, memoryBytes: 7 });
    expect(await samples()).toEqual([
      'givc_unit_cpu_seconds_total{unit="web.service"} 1.5',
      'givc_unit_cpu_seconds_total{unit="other.service"} 0',
      'givc_unit_memory_bytes{unit="web.service"} 4096',
      'givc_unit_memory_bytes{unit="other.service"} 7',
      'givc_unit_tasks{unit="web.service"} 3',
      'givc_unit_tasks{unit="other.service"} 1',
      'givc_unit_restarts_total{unit="web.service"} 2',
    ]);
  });

  it('are read once for each scrape, and at no other time', async () => {
    const read = jest.spyOn(systemd, 'resourceUsage');
    expect(read).not.toHaveBeenCalled();
    await samples();
    expect(read).toHaveBeenCalledTimes(2);
    await samples();
    expect(read).toHaveBeenCalledTimes(4);
  });

  it('leave out a unit whose usage cannot be read', async () => {
    jest.spyOn(systemd, 'resourceUsage').mockImplementationOnce(() => Promise.reject(new Error('it has ended')));
    expect((await samples()).join('\n')).not.toContain('web.service');
    expect((await samples()).join('\n')).toContain('web.service');
  });

  it('are those of a bounded number of units', async () => {
    for (let index = 0; index < unitsMax + 10; index++) {
      const unit = `app@${index}.service` as UnitName;
      systemd.define(unit, { active: true });
      await units.track(unit, 'SysVM', 'App');
    }
    const memory = (await samples()).filter((line) => line.startsWith('givc_unit_memory_bytes'));
    expect(memory).toHaveLength(unitsMax);
  });
});
