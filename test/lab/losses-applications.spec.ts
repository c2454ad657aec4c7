import { writeFileSync } from 'node:fs';
import { now } from '../bench/clock.js';
import { processOf } from '../bench/processes.js';
import { type Lab } from './lab.js';
import { best, Losses } from './losses.js';
import { sharedLab } from './shared-lab.js';

jest.setTimeout(60_000);

const vm = 'chrome-vm';

describe('the end of an application leaves the registry within 0.1 s, and the log says', () => {
  let lab: Lab;
  let losses: Losses;

  beforeAll(async () => {
    lab = await sharedLab();
    losses = await Losses.open(lab);
  });
  afterAll(() => losses.close());

  it.each<[string, string, RegExp, (unit: string) => unknown]>([
    [
      'that it was stopped',
      'clock',
      /how=stopped result=success status=\d+$/m,
      (unit) => losses.admin.stopApplication({ AppName: unit, Args: [] }),
    ],
    [
      'that it closed itself, and its exit status',
      'dialog',
      /how="closed itself" result=success status=0$/m,
      // Its end is to read a line from a file of its machine.
      (unit) => writeFileSync(`/proc/${processOf(vm, unit)}/root/tmp/dialog`, '\n'),
    ],
    [
      'that it crashed, and the signal',
      'clock',
      /how=crashed result=(signal|core-dump) status=11$/m,
      (unit) => process.kill(processOf(vm, unit), 'SIGSEGV'),
    ],
  ])('%s', async (_, application, line, end) => {
    const since = losses.told;
    const takes = await best(3, async () => {
      const before = losses.told;
      const { registryId: unit } = await losses.admin.startApplication({ AppName: application, VmName: vm, Args: [] });
      await losses.watch.until('it runs', () => losses.watch.status(vm, unit) === 'Running');
      const started = now();
      const ending = end(unit);
      const { at } = await losses.watch.removed(vm, unit, before);
      await ending;
      return at - started;
    });
    expect(takes).toBeLessThan(100);
    const unit = `${application}@0.service`;
    expect(losses.toldOf(vm, since)).toEqual(
      Array.from({ length: 3 }, () => [`${unit} Running`, `${unit} removed`]).flat(),
    );
    expect(losses.toldBeside([vm], since)).toEqual([]);
    const log = await lab.machine('admin-vm').journal('givc-admin.service');
    const ends = log.split('\n').filter((text) => text.includes(`application ended unit=${unit} vm=${vm}`));
    for (const told of ends.slice(-3)) expect(told).toMatch(line);
    expect(ends.length).toBeGreaterThanOrEqual(3);
  });

  it('that it crashed also when processes of it have to be ended, which nobody has asked for', async () => {
    const before = losses.told;
    const { registryId: unit } = await losses.admin.startApplication({ AppName: 'family', VmName: vm, Args: [] });
    process.kill(processOf(vm, unit), 'SIGUSR1');
    await losses.watch.removed(vm, unit, before);
    const log = await lab.machine('admin-vm').journal('givc-admin.service');
    expect(log).toMatch(/application ended unit=family@0.service vm=chrome-vm how=crashed result=exit-code status=3$/m);
  });
});
