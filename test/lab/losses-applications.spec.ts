import { writeFileSync } from 'node:fs';
import { processOf } from '../bench/processes.js';
import { type Lab } from './lab.js';
import { Losses } from './losses.js';
import { sharedLab } from './shared-lab.js';

const vm = 'chrome-vm';

describe('the end of an application takes it out of the registry, and the log says', () => {
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
    const [since, started] = [losses.told, Date.now()];
    const { registryId: unit } = await losses.admin.startApplication({ AppName: application, VmName: vm, Args: [] });
    await losses.watch.until('it runs', () => losses.watch.status(vm, unit) === 'Running');
    const ending = end(unit);
    await losses.watch.removed(vm, unit, since);
    await ending;
    expect(losses.toldOf(vm, since)).toEqual([`${unit} Running`, `${unit} removed`]);
    expect(losses.toldBeside([vm], since)).toEqual([]);
    const said = `application ended unit=${unit} vm=${vm}`;
    expect(await lab.machine('admin-vm').logged('givc-admin.service', said, { since: started })).toMatch(line);
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
