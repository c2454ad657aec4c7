import { type Lab } from '../lab/lab.js';
import { type LabMachine } from '../lab/lab-machine.js';
import { vmNames, type MachineName } from '../lab/plan.js';

const services: Readonly<Partial<Record<MachineName, readonly string[]>>> = {
  host: ['backup.service'],
  'net-vm': ['web.service', 'fragile.service', 'slow.service', 'broken.service'],
  'gui-vm': ['web.service', 'compositor.service'],
};

const listed = (state: string): string => (state === 'active' ? 'Running' : 'PoweredOff');

async function states(machine: LabMachine, units: readonly string[]): Promise<string[]> {
  if (units.length === 0) return [];
  const { stdout } = await machine.systemctl('show', '--property=ActiveState', '--value', ...units);
  return stdout.split('\n').filter(Boolean);
}

async function applications(machine: LabMachine): Promise<string[]> {
  const patterns = ['clock@*', 'chromium@*', 'dialog@*'];
  const { stdout } = await machine.systemctl('list-units', '--plain', '--no-legend', ...patterns);
  return stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => line.split(/\s+/)[0]!);
}

/**
 * What the registry has to be, as the machines' own systemds say: `VM UNIT STATUS`, sorted, where a paused application
 * counts as running.
 */
export async function truth(lab: Lab): Promise<string[]> {
  const rows: string[] = [];
  const host = lab.machine('host');
  const vms = await states(
    host,
    vmNames.map((name) => `microvm@${name}.service`),
  );
  for (const [index, vm] of vmNames.entries()) rows.push(`${vm} microvm@${vm}.service ${listed(vms[index]!)}`);
  const running = vmNames.filter((vm, index) => vms[index] === 'active' && vm !== 'admin-vm');
  for (const name of ['host', ...running] as const) {
    const machine = lab.machine(name);
    const units = services[name] ?? [];
    rows.push(`${name} givc-${name}.service Running`);
    const now = await states(machine, units);
    for (const [index, unit] of units.entries()) rows.push(`${name} ${unit} ${listed(now[index]!)}`);
    if (name === 'chrome-vm') for (const unit of await applications(machine)) rows.push(`${name} ${unit} Running`);
  }
  return rows.sort();
}
