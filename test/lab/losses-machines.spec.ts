import { type Lab } from './lab.js';
import { becomes, best, leaves, Losses } from './losses.js';
import { machineNames } from './plan.js';
import { output } from './run.js';
import { sharedLab } from './shared-lab.js';
import { type Watched } from './watched.js';

jest.setTimeout(90_000);

const agents = machineNames.filter((name) => name !== 'admin-vm');

describe('when a machine', () => {
  let lab: Lab;
  let watched: Watched;
  let losses: Losses;

  beforeEach(async () => {
    lab = await sharedLab();
    watched = lab.watch();
    losses = new Losses(lab, watched);
    await watched.until('the initial list', () => watched.rows.length > 0);
  });
  afterEach(async () => {
    await watched.stop();
    await lab.mend();
  });

  const listedOf = (vm: string) => watched.rows.filter((row) => row.vm_name === vm).map(({ name }) => name);
  const host = () => lab.machine('host');

  it('dies, that is noticed within 0.2 s: all of it leaves the registry but its unit, which is off', async () => {
    const since = watched.events.length;
    const taken = await best(2, async () => {
      const off = losses.until('it is off', becomes('microvm@chrome-vm.service', 'PoweredOff'));
      const gone = losses.until('its agent is gone', leaves('givc-chrome-vm.service'));
      await lab.machine('chrome-vm').crash();
      const ms = await off;
      await gone;
      expect(listedOf('chrome-vm')).toEqual(['microvm@chrome-vm.service']);
      const refused = await lab.cli(['get-status', 'chrome-vm', 'web.service']);
      expect(refused.stderr).toContain('VM "chrome-vm" has no agent');
      expect(await lab.cli(['start', 'vm', 'chrome-vm'])).toMatchObject({ status: 0 });
      return ms;
    });
    expect(taken).toBeLessThan(200);
    expect(losses.othersSince(since, 'chrome-vm')).toEqual([]);
  });

  it('of the system dies, it is started again at once', async () => {
    const booted = losses.until('its agent is back', becomes('givc-gui-vm.service', 'Running'));
    await lab.machine('gui-vm').crash();
    expect(await booted).toBeLessThan(10_000);
    await watched.until('its units are back', () => losses.is('compositor.service', 'Running'));
    expect(await lab.machine('admin-vm').journal('givc-admin.service')).toContain(
      'VM crashed, starting it again vm=gui-vm afterMs=0',
    );
  });

  it.each([
    ['by systemctl on the host', () => host().systemctl('stop', 'microvm@gui-vm.service')],
    ['by StopService', () => lab.cli(['stop', 'service', 'microvm@gui-vm.service', '--vm', 'host'])],
    ['by itself', () => lab.machine('gui-vm').run(['systemctl', 'poweroff'])],
  ])('of the system is switched off %s, it stays off', async (_, switchOff) => {
    const since = watched.events.length;
    await switchOff();
    await watched.event('its unit is off', since, becomes('microvm@gui-vm.service', 'PoweredOff'));
    await watched.until('it is down', () => listedOf('gui-vm').length === 1);
    // What the admin would do at once it has done before it answers this.
    await losses.expectService('net-vm');
    expect((await host().systemctl('is-active', 'microvm@gui-vm.service')).stdout.trim()).not.toBe('activating');
    expect(losses.is('microvm@gui-vm.service', 'PoweredOff')).toBe(true);
  });

  it('never comes up, whoever waits for it is told what was missing, at the latest after the limit', async () => {
    const folder = '/run/systemd/system/microvm@chrome-vm.service.d';
    const replace = async (start: string): Promise<void> => {
      const text = `[Service]\\nExecStart=\\nExecStart=${start}\\n`;
      await output(host().enter(['sh', '-c', `mkdir -p ${folder} && printf '${text}' > ${folder}/boot.conf`]));
      await output(host().enter(['systemctl', 'daemon-reload']));
    };
    const admin = lab.machine('admin-vm');
    const limit = '/run/systemd/system/givc-admin.service.d';
    await output(
      admin.enter([
        ...['sh', '-c'],
        `mkdir -p ${limit} && printf '[Service]\\nEnvironment=GIVC_BOOT_LIMIT=3\\n' > ${limit}/limit.conf && systemctl daemon-reload`,
      ]),
    );
    await output(admin.enter(['systemctl', 'restart', 'givc-admin.service']));
    await lab.registered(agents);
    await host().systemctl('stop', 'microvm@chrome-vm.service');
    try {
      await replace('/bin/sleep infinity');
      const hung = await lab.cli(['start', 'vm', 'chrome-vm']);
      expect(hung).toMatchObject({ status: 1, stderr: expect.stringContaining('has not registered within 3 s') });
      await host().systemctl('stop', 'microvm@chrome-vm.service');
      await replace('/bin/sh -c "sleep 0.3; exit 1"');
      const failed = await lab.cli(['start', 'app', 'clock', '--vm', 'chrome-vm']);
      expect(failed).toMatchObject({
        status: 1,
        stderr: expect.stringContaining('failed before its agent registered'),
      });
      expect(failed.ms).toBeLessThan(2_900);
    } finally {
      await output(host().enter(['sh', '-c', `rm -r ${folder}; systemctl daemon-reload`]));
      await output(admin.enter(['sh', '-c', `rm -r ${limit}; systemctl daemon-reload`]));
      await host().systemctl('stop', 'microvm@chrome-vm.service');
    }
  });
});
