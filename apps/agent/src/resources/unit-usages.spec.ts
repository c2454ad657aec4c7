// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { UnitName } from '@givc/model';
import { FakeSystemd } from '@givc/systemd';
import { TrackedUnits } from '../registration/tracked-units.js';
import { unitsMax, UnitUsages } from './unit-usages.js';

const [web, off] = ['web.service', 'off.service'] as [UnitName, UnitName];

describe('the usage of units', () => {
  let systemd: FakeSystemd;
  let units: TrackedUnits;
  let usages: UnitUsages;

  beforeEach(async () => {
    systemd = new FakeSystemd();
    units = new TrackedUnits(systemd);
    usages = new UnitUsages(units, systemd);
    for (const unit of [web, off]) {
      systemd.define(unit, { active: unit !== off });
      await units.track(unit, 'SysVM', 'Svc');
    }
  });
  afterEach(() => units.onApplicationShutdown());

  const read = async () => (await usages.read()).map(({ tracked, usage }) => [tracked.unit, usage?.memoryBytes]);

  it('is that of the units that run', async () => {
    systemd.use(web, { memoryBytes: 4_096 });
    expect(await read()).toEqual([[web, 4_096]]);
  });

  it('is unknown for a unit whose usage cannot be read', async () => {
    jest.spyOn(systemd, 'resourceUsage').mockRejectedValueOnce(new Error('it has ended'));
    expect(await read()).toEqual([[web, undefined]]);
    expect(await read()).toEqual([[web, 0]]);
  });

  it('is read once for callers at the same time, and again for later ones', async () => {
    const asked = jest.spyOn(systemd, 'resourceUsage');
    await Promise.all([read(), read(), read()]);
    expect(asked).toHaveBeenCalledTimes(1);
    await read();
    expect(asked).toHaveBeenCalledTimes(2);
  });

  it('is that of a bounded number of units', async () => {
    for (let index = 0; index < unitsMax + 10; index++) {
      const unit = `app@${index}.service` as UnitName;
      systemd.define(unit, { active: true });
      await units.track(unit, 'SysVM', 'App');
    }
    expect(await read()).toHaveLength(unitsMax);
  });
});
