import { type Lab } from './lab.js';
import { machineNames } from './plan.js';
import { sharedLab } from './shared-lab.js';
import { type Watched } from './watched.js';

jest.setTimeout(90_000);

const agents = machineNames.filter((name) => name !== 'admin-vm');

describe('when something breaks', () => {
  let lab: Lab;
  let watched: Watched;
  const agentIs = (status: string, limit?: number) =>
    watched.until(
      `the agent is ${status}`,
      () => (watched.row('givc-net-vm.service')?.status ?? 'gone') === status,
      limit,
    );

  beforeEach(async () => {
    lab = await sharedLab();
    watched = lab.watch();
    await watched.until('the agent of net-vm runs', () => watched.row('givc-net-vm.service')?.status === 'Running');
  });
  afterEach(async () => {
    await watched.stop();
    await lab.registered(agents);
  });

  it('an admin that restarts knows everything again, and no agent is restarted', async () => {
    const pids = () =>
      Promise.all(
        agents.map(async (name) => {
          const machine = lab.machine(name);
          return (await machine.systemctl('show', '--property=MainPID', '--value', machine.program)).stdout;
        }),
      );
    const [before, rows] = [await pids(), watched.rows.map(({ name, vm_name }) => `${vm_name} ${name}`).sort()];
    await lab.machine('admin-vm').systemctl('restart', 'givc-admin.service');
    const again = lab.watch();
    try {
      await again.until(
        'all of it is back',
        () =>
          again.rows
            .map(({ name, vm_name }) => `${vm_name} ${name}`)
            .sort()
            .join() === rows.join(),
      );
    } finally {
      await again.stop();
    }
    expect(await pids()).toEqual(before);
  });

  it('an agent that was killed registers again', async () => {
    const before = watched.events.length;
    await lab.machine('net-vm').signalProgram('KILL');
    await watched.event(
      'it is lost',
      before,
      ({ row, kind }) => row.name === 'givc-net-vm.service' && (kind === 'UnitShutdown' || row.status !== 'Running'),
    );
    await agentIs('Running');
  });

  it('an agent that hangs is noticed within ten seconds, and callers are told', async () => {
    const machine = lab.machine('net-vm');
    await machine.signalProgram('STOP');
    try {
      const stopped = performance.now();
      const call = await lab.cli(['get-status', 'net-vm', 'web.service']);
      expect(call.status).not.toBe(0);
      expect(call.stderr).toContain('net-vm');
      await watched.until(
        'it is lost',
        () => watched.row('givc-net-vm.service')?.status !== 'Running',
        10_000 - (performance.now() - stopped),
      );
    } finally {
      await machine.signalProgram('CONT');
    }
    await agentIs('Running');
  });

  it('a machine whose cable is pulled is noticed, and is back when it is plugged in', async () => {
    const machine = lab.machine('net-vm');
    await machine.disconnect();
    try {
      await watched.until('it is lost', () => watched.row('givc-net-vm.service')?.status !== 'Running', 15_000);
      const call = await lab.cli(['get-status', 'net-vm', 'web.service']);
      expect(call.status).not.toBe(0);
      expect((await lab.cli(['get-status', 'gui-vm', 'web.service'])).status).toBe(0);
    } finally {
      await machine.reconnect();
    }
    await agentIs('Running', 30_000);
  });

  it('a slow network makes calls slow and breaks nothing', async () => {
    const machine = lab.machine('net-vm');
    await machine.shapeNetwork('tbf rate 64kbit burst 1600 latency 5s');
    try {
      const call = await lab.cli(['get-status', 'net-vm', 'web.service']);
      expect(call).toMatchObject({ status: 0, stdout: expect.stringContaining('active (running)') });
    } finally {
      await machine.shapeNetwork('');
    }
  });
});
