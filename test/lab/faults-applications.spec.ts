// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { writeFileSync } from 'node:fs';
import { processOf } from '../bench/processes.js';
import { type Lab } from './lab.js';
import { Observer } from './observer.js';
import { sharedLab } from './shared-lab.js';

const vm = 'chrome-vm';

describe('the end of an application', () => {
  let lab: Lab;
  let observer: Observer;

  beforeAll(async () => {
    lab = await sharedLab();
    observer = await Observer.open(lab);
  });
  afterAll(() => observer.close());

  it.each<[string, string, RegExp, (unit: string) => unknown]>([
    [
      'that it was stopped',
      'clock',
      /how=stopped result=success status=\d+$/m,
      (unit) => observer.admin.stopApplication({ AppName: unit, Args: [] }),
    ],
    [
      'that it closed itself, and its exit status',
      'dialog',
      /how="closed itself" result=success status=0$/m,
      // The application ends when it reads a line from this pipe.
      (unit) => writeFileSync(`/proc/${processOf(vm, unit)}/root/tmp/dialog`, '\n'),
    ],
    [
      'that it crashed, and the signal',
      'clock',
      /how=crashed result=(signal|core-dump) status=11$/m,
      (unit) => process.kill(processOf(vm, unit), 'SIGSEGV'),
    ],
  ])('removes it from the registry, and the log has %s', async (_, application, line, end) => {
    const [since, started] = [observer.changeCount, Date.now()];
    const { registryId: unit } = await observer.admin.startApplication({ AppName: application, VmName: vm, Args: [] });
    await observer.watch.until('it runs', () => observer.watch.status(vm, unit) === 'Running');
    const ending = end(unit);
    await observer.watch.removed(vm, unit, since);
    await ending;
    expect(observer.changesOf(vm, since)).toEqual([`${unit} Running`, `${unit} removed`]);
    expect(observer.changesOfOthers([vm], since)).toEqual([]);
    const text = `application ended unit=${unit} vm=${vm}`;
    expect(await lab.machine('admin-vm').logged('givc-admin.service', text, { since: started })).toMatch(line);
  });

  it('is logged as a crash even when systemd has to end its other processes', async () => {
    const before = observer.changeCount;
    const { registryId: unit } = await observer.admin.startApplication({ AppName: 'family', VmName: vm, Args: [] });
    process.kill(processOf(vm, unit), 'SIGUSR1');
    await observer.watch.removed(vm, unit, before);
    const log = await lab.machine('admin-vm').journal('givc-admin.service');
    expect(log).toMatch(/application ended unit=family@0.service vm=chrome-vm how=crashed result=exit-code status=3$/m);
  });
});
