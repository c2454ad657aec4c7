import { type Lab } from './lab.js';
import { type LabMachine } from './lab-machine.js';
import { Losses } from './losses.js';
import { machineNames } from './plan.js';
import { output } from './run.js';
import { sharedLab } from './shared-lab.js';
import { type Watched } from './watched.js';

jest.setTimeout(90_000);

const agents = machineNames.filter((name) => name !== 'admin-vm');
const key = ({ vm_name, name, status }: { vm_name: string | null; name: string; status: string }) =>
  `${vm_name} ${name} ${status}`;

describe('the loss of the admin', () => {
  let lab: Lab;
  let admin: LabMachine;

  beforeEach(async () => {
    lab = await sharedLab();
    await lab.registered(agents);
    admin = lab.machine('admin-vm');
  });

  const rows = async (): Promise<string[]> => {
    const watched = lab.watch();
    await watched.until('the initial list', () => watched.rows.length > 0);
    const all = watched.rows.map(key).sort();
    await watched.stop();
    return all;
  };
  /** Resolves once a new watcher sees exactly this, and returns how long that took. */
  const whole = async (expected: readonly string[], limit = 20_000): Promise<number> => {
    const started = performance.now();
    for (;;) {
      const watched: Watched = lab.watch();
      try {
        await watched.until('all of it is back', () => watched.rows.map(key).sort().join() === expected.join(), limit);
        return performance.now() - started;
      } catch (error) {
        // Until the admin listens, a watch ends as soon as it begins.
        if (performance.now() - started > limit || !String(error).includes('ended')) throw error;
      } finally {
        await watched.stop();
      }
    }
  };
  const pids = () =>
    Promise.all(
      agents.map(async (name) => {
        const machine = lab.machine(name);
        return (await machine.systemctl('show', '--property=MainPID', '--value', machine.program)).stdout;
      }),
    );

  it.each([
    ['by a restart', () => admin.systemctl('restart', 'givc-admin.service')],
    ['by a kill', () => admin.signalProgram('KILL')],
  ])(
    '%s is made good within a second after it listens: it answers at once, and no agent is restarted',
    async (_, lose) => {
      await lab.cli(['start', 'app', 'clock', '--vm', 'chrome-vm']);
      const [before, processes] = [await rows(), await pids()];
      await lose();
      // The time of the restart itself is included.
      expect(await whole(before)).toBeLessThan(4_000);
      expect(await admin.journal('givc-admin.service')).toContain('registry restored, not yet confirmed');
      const second = await lab.cli(['start', 'app', 'clock', '--vm', 'chrome-vm']);
      expect(second.stdout).toContain('clock@1.service');
      await lab.cli(['stop', 'app', 'clock@']);
      expect(await pids()).toEqual(processes);
    },
  );

  it('with its machine is made good when that has booted', async () => {
    const [before, processes] = [await rows(), await pids()];
    await admin.crash();
    expect(await lab.machine('host').systemctl('is-active', 'microvm@net-vm.service')).toMatchObject({
      stdout: 'active\n',
    });
    await output(
      lab.machine('host').enter(['sh', '-c', 'while systemctl is-active -q microvm@admin-vm; do sleep 0.05; done']),
    );
    expect(await lab.machine('host').systemctl('start', 'microvm@admin-vm.service')).toMatchObject({ status: 0 });
    await whole(before);
    expect(await pids()).toEqual(processes);
  });

  it('cannot be prepared for on a full disk, which is said once; it goes on, and keeps again when there is room', async () => {
    const state = '/var/lib/givc';
    const netVm = lab.machine('net-vm');
    /** Runs a shell in the admin's machine until it succeeds. */
    const until = (test: string) =>
      output(admin.enter(['timeout', '10', 'sh', '-c', `until ${test}; do sleep 0.1; done`]));
    await output(admin.enter(['mount', '-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', state]));
    try {
      await output(admin.enter(['sh', '-c', `dd if=/dev/zero of=${state}/fill bs=1k 2> /dev/null || true`]));
      const watched = lab.watch();
      const losses = new Losses(lab, watched);
      await watched.until('the initial list', () => watched.rows.length > 0);
      await netVm.systemctl('stop', 'web.service');
      await watched.until('web is off', () => losses.is('web.service', 'PoweredOff', 'net-vm'));
      await until(`journalctl --boot -u givc-admin -o cat | grep -q 'registry cannot be kept'`);
      await netVm.systemctl('start', 'web.service');
      await watched.until('web runs', () => losses.is('web.service', 'Running', 'net-vm'));
      await netVm.systemctl('stop', 'web.service');
      await watched.until('web is off', () => losses.is('web.service', 'PoweredOff', 'net-vm'));
      await watched.stop();
      await output(admin.enter(['rm', `${state}/fill`]));
      await until(`test -s ${state}/registry.json`);
      const log = await admin.journal('givc-admin.service');
      expect(log.match(/the registry cannot be kept/g)).toHaveLength(1);
    } finally {
      await netVm.systemctl('start', 'web.service');
      await output(admin.enter(['umount', state]));
    }
    expect(await admin.journal('givc-admin.service')).toContain('the registry is kept again');
  });

  it('and of much else at once is made good without a person', async () => {
    const before = await rows();
    const [netVm, guiVm, host] = [lab.machine('net-vm'), lab.machine('gui-vm'), lab.machine('host')];
    await Promise.all([
      netVm.disconnect(),
      guiVm.crash(),
      host.signalProgram('KILL'),
      admin.signalProgram('KILL'),
      lab.machine('chrome-vm').signalProgram('STOP'),
    ]);
    await output(host.enter(['sh', '-c', 'until systemctl is-active -q givc-host.service; do sleep 0.05; done']));
    await Promise.all([netVm.reconnect(), lab.machine('chrome-vm').signalProgram('CONT')]);
    expect(await whole(before, 30_000)).toBeLessThan(20_000);
  });
});
