import { type Lab } from './lab.js';
import { type LabMachine } from './lab-machine.js';
import { becomes, best, leaves, Losses } from './losses.js';
import { machineNames } from './plan.js';
import { output } from './run.js';
import { sharedLab } from './shared-lab.js';
import { type Watched } from './watched.js';

jest.setTimeout(90_000);

const agents = machineNames.filter((name) => name !== 'admin-vm');
const agent = 'givc-net-vm.service';

describe('the loss of', () => {
  let lab: Lab;
  let watched: Watched;
  let losses: Losses;
  let netVm: LabMachine;

  beforeEach(async () => {
    lab = await sharedLab();
    await lab.registered(agents);
    netVm = lab.machine('net-vm');
    watched = lab.watch();
    losses = new Losses(lab, watched);
    await watched.until('the initial list', () => watched.rows.length > 0);
  });
  afterEach(async () => {
    await watched.stop();
    await lab.registered(agents);
  });

  it('an agent that is killed is noticed within 0.2 s, and it is back when systemd has started it again', async () => {
    const since = watched.events.length;
    const taken = await best(3, async () => {
      const lost = losses.until('it is lost', becomes(agent, 'PoweredOff'));
      const killed = netVm.signalProgram('KILL');
      const ms = await lost;
      await killed;
      await watched.until('it is back', () => losses.is(agent, 'Running'));
      return ms;
    });
    // The time includes nsenter(1) and systemctl(1), which send the signal.
    expect(taken).toBeLessThan(200);
    expect(losses.othersSince(since, 'net-vm')).toEqual([]);
    await losses.expectService('net-vm');
  });

  it('an agent that hangs is noticed within ten seconds, and made good within one', async () => {
    const since = watched.events.length;
    const lost = losses.until('it is lost', becomes(agent, 'PoweredOff'), 11_000);
    await netVm.signalProgram('STOP');
    const back = async (): Promise<number> => {
      const again = losses.until('it is back', becomes(agent, 'Running'));
      await netVm.signalProgram('CONT');
      return again;
    };
    try {
      await losses.expectRefusal('net-vm');
      await losses.expectService('gui-vm');
      expect(await lost).toBeLessThan(10_000);
      await losses.expectRefusal('net-vm');
    } finally {
      expect(await back()).toBeLessThan(1_000);
    }
    expect(losses.othersSince(since, 'net-vm')).toEqual([]);
    await losses.expectService('net-vm');
  });

  it('a machine whose cable is pulled is noticed within ten seconds, and made good within one or two', async () => {
    const lost = losses.until('it is lost', becomes(agent, 'PoweredOff'), 11_000);
    await netVm.disconnect();
    let back: Promise<number>;
    try {
      await losses.expectService('gui-vm');
      expect(await lost).toBeLessThan(10_000);
      await losses.expectRefusal('net-vm');
    } finally {
      back = losses.until('it is back', becomes(agent, 'Running'), 30_000);
      await netVm.reconnect();
    }
    // The kernels on both sides of the cable look for each other once a second (arp(7)).
    expect(await back).toBeLessThan(2_500);
    await losses.expectService('net-vm');
  });

  it('a fast network makes calls slow, and nothing is lost', async () => {
    const since = watched.events.length;
    await netVm.shapeNetwork('tbf rate 64kbit burst 1600 latency 5s');
    try {
      const call = await lab.cli(['get-status', 'net-vm', 'web.service']);
      expect(call).toMatchObject({ status: 0, stdout: expect.stringContaining('active (running)') });
      await netVm.systemctl('stop', 'web.service');
      await watched.until('the change arrives', () => losses.is('web.service', 'PoweredOff', 'net-vm'));
      await netVm.systemctl('start', 'web.service');
      await watched.until('the change arrives', () => losses.is('web.service', 'Running', 'net-vm'));
    } finally {
      await netVm.shapeNetwork('');
    }
    expect(watched.events.slice(since).map(({ row }) => row.name)).toEqual(['web.service', 'web.service']);
  });

  it('an application that is stopped, closes itself or crashes is told within 100 ms, and the log says which', async () => {
    const chromeVm = lab.machine('chrome-vm');
    const start = async (app: string) => {
      await lab.cli(['start', 'app', app, '--vm', 'chrome-vm']);
      await watched.until(`${app} runs`, () => losses.is(`${app}@0.service`, 'Running'));
    };
    const end = async (unit: string, act: () => Promise<unknown>): Promise<number> => {
      const gone = losses.until(`${unit} is gone`, leaves(unit));
      await act();
      return gone;
    };
    const pid = async (unit: string) =>
      (await chromeVm.systemctl('show', '--property=MainPID', '--value', unit)).stdout.trim();
    const inside = (...command: string[]) => output(chromeVm.enter(command));

    const stopped = await best(2, async () => {
      await start('clock');
      return end('clock@0.service', () => chromeVm.systemctl('stop', 'clock@0.service'));
    });
    const closed = await best(2, async () => {
      await start('dialog');
      return end('dialog@0.service', () => inside('sh', '-c', 'echo > /tmp/dialog'));
    });
    const crashed = await best(2, async () => {
      await start('clock');
      const main = await pid('clock@0.service');
      return end('clock@0.service', () => inside('kill', '-SEGV', main));
    });
    // The time includes the programs that do it, in the machine.
    for (const taken of [stopped, closed, crashed]) expect(taken).toBeLessThan(200);
    const log = await lab.machine('admin-vm').journal('givc-admin.service');
    expect(log).toContain('application ended unit=clock@0.service vm=chrome-vm how=stopped');
    expect(log).toContain(
      'application ended unit=dialog@0.service vm=chrome-vm how="closed itself" result=success status=0',
    );
    expect(log).toMatch(
      /application ended unit=clock@0\.service vm=chrome-vm how=crashed result=(signal|core-dump) status=11/,
    );
  });

  it('systemd, which is executed anew under the agent, and of the bus costs nobody anything', async () => {
    const since = watched.events.length;
    await netVm.systemctl('daemon-reexec');
    await netVm.systemctl('stop', 'web.service');
    await watched.until('the change arrives', () => losses.is('web.service', 'PoweredOff', 'net-vm'));
    await output(netVm.enter(['systemctl', 'restart', 'dbus.service']));
    await netVm.systemctl('start', 'web.service');
    await watched.until('the change arrives', () => losses.is('web.service', 'Running', 'net-vm'));
    expect(losses.othersSince(since, 'net-vm')).toEqual([]);
    expect(losses.is(agent, 'Running')).toBe(true);
    await losses.expectService('net-vm');
  });

  it('the agent of the host keeps nobody else from working, and VMs go on', async () => {
    const host = lab.machine('host');
    const lost = losses.until('it is lost', becomes('givc-host.service', 'PoweredOff'));
    await host.signalProgram('KILL');
    expect(await lost).toBeLessThan(1_000);
    await losses.expectService('net-vm');
    await watched.until('it is back', () => losses.is('givc-host.service', 'Running'));
    expect(losses.is('microvm@net-vm.service', 'Running')).toBe(true);
    for (const verb of ['start', 'stop'])
      expect(await lab.cli([verb, 'service', 'backup.service', '--vm', 'host'])).toMatchObject({ status: 0 });
  });
});
