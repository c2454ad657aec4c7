import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Lab } from './lab.js';
import { machineCheckout, programUnit, rootOf } from './plan.js';
import { sharedLab } from './shared-lab.js';
import { type Watched } from './watched.js';

const machines = ['host', 'net-vm'] as const;
const vmUnit = 'microvm@net-vm.service';
const agent = programUnit('net-vm');

/** On the disk of a machine, so that it is there after a boot, too (systemd.unit(5)). */
const folderOf = (name: (typeof machines)[number]): string =>
  join(rootOf(name), `etc/systemd/system/${programUnit(name)}.d`);

const standIn = `[Service]
Type=exec
WorkingDirectory=${machineCheckout}
ExecStart=
ExecStart=/usr/local/bin/node --import tsx ${machineCheckout}/test/lab/old-agent-main.ts /etc/givc/agent.json
`;

describe('agents of the other make on the host and in a VM', () => {
  let lab: Lab;
  let watched: Watched;
  const status = (name: string) => watched.row(name, 'net-vm')?.status;
  const restart = async () => {
    const host = lab.machine('host');
    await host.systemctl('daemon-reload');
    const since = watched.events.length;
    await host.systemctl('restart', programUnit('host'));
    await watched.event('the agent of the host goes', since, ({ row }) => row.name === programUnit('host'));
    await watched.until('it is back', () => watched.row(programUnit('host'))?.status === 'Running');
    await host.systemctl('restart', vmUnit);
    await watched.event(
      'the agent of the VM goes',
      since,
      ({ row, kind }) => row.name === agent && (kind === 'UnitShutdown' || row.status === 'PoweredOff'),
    );
    await watched.until('its agent registers', () => status(agent) === 'Running');
  };

  beforeAll(async () => {
    lab = await sharedLab();
    watched = lab.watch();
    await watched.until('the initial list', () => watched.rows.length > 0);
    for (const name of machines) {
      mkdirSync(folderOf(name), { recursive: true });
      writeFileSync(join(folderOf(name), 'stand-in.conf'), standIn);
    }
    await restart();
  });
  afterAll(async () => {
    for (const name of machines) rmSync(folderOf(name), { recursive: true });
    await restart();
    await watched.stop();
  });

  it('do not report, and are asked', async () => {
    const { stdout } = await lab.cli(['status']);
    for (const name of machines) expect(stdout).toMatch(new RegExp(`${programUnit(name)} +Mgr +asked`));
  });

  it('lose a VM that is stopped from the registry, with all that is in it, until StartVM has booted it', async () => {
    await lab.machine('host').systemctl('stop', vmUnit);
    await watched.until('it is off', () => status(vmUnit) === 'PoweredOff');
    await watched.until('nothing of it is left', () =>
      watched.rows.every(({ vm_name, name }) => vm_name !== 'net-vm' || name === vmUnit),
    );
    expect(await lab.cli(['start', 'vm', 'net-vm'])).toMatchObject({ status: 0 });
    await watched.until('its services are back', () => status('web.service') === 'Running');
    expect(status(agent)).toBe('Running');
  });

  it('have a VM that SERVICES names and that is killed started again, and its agent is in the registry then', async () => {
    const since = watched.events.length;
    await lab.machine('net-vm').crash();
    const event = (what: string, matches: (name: string, kind: string, status: string) => boolean) =>
      watched.event(what, since, ({ row, kind }) => matches(row.name, kind, row.status));
    await event('its unit fails', (name, _, state) => name === vmUnit && state === 'PoweredOff');
    await event('its agent leaves', (name, kind) => name === agent && kind === 'UnitShutdown');
    await event('its agent is new', (name, kind) => name === agent && kind === 'UnitRegistered');
    expect(await lab.cli(['get-status', 'net-vm', 'web.service'])).toMatchObject({ status: 0 });
  });

  it('do not start a service again that runs', async () => {
    await watched.until('it runs', () => status('web.service') === 'Running');
    const main = async () => (await lab.machine('net-vm').systemctl('show', '-P', 'MainPID', 'web.service')).stdout;
    const before = await main();
    expect(await lab.cli(['start', 'service', 'web.service', '--vm', 'net-vm'])).toMatchObject({ status: 0 });
    expect(await main()).toBe(before);
  });
});
