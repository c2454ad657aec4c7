// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { UnitName } from '@givc/model';
import { FakeSystemd } from '@givc/systemd';
import { TestSystem, type TestAgent } from '@givc/testing';
import { listedNetwork } from '../../apps/cli/src/wifi/listed-network.js';
import { cli, startCli } from '../support/cli.js';
import { otaUpdateCommands, writeOtaUpdate } from '../support/ota-update.js';
import { StandInPrograms } from '../support/programs.js';

const web = 'web.service' as UnitName;

/** The examples of docs/json-output.md by the command above each of them. */
const examples = new Map(
  readFileSync('docs/json-output.md', 'utf8')
    .split(/^## givc-cli /m)
    .slice(1)
    .map((section) => {
      const [command] = section.split('\n', 1);
      return [command, JSON.parse(/```json\n([^]*?)```/.exec(section)![1]!) as unknown];
    }),
);

/** The names of the fields at every depth, in order; for an array, those of its first element. */
const shapeOf = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.slice(0, 1).map((one) => shapeOf(one));
  if (typeof value !== 'object' || value === null) return 'value';
  return Object.entries(value).map(([name, one]) => [name, shapeOf(one)]);
};

describe('the JSON output of givc-cli', () => {
  let system: TestSystem;
  let agent: TestAgent;
  let programs: StandInPrograms;
  let folder: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'givc-cli-json-'));
    programs = new StandInPrograms();
    const policies = {
      config: {
        source: { type: 'per-policy' },
        policies: { firewall: { vms: ['net-vm'], perPolicyUpdater: { url: 'http://127.0.0.1:1/firewall' } } },
      },
      store: join(folder, 'store'),
    };
    system = await TestSystem.start({ tls: false, policies });
    const systemd = new FakeSystemd();
    systemd.define(web, { active: true, description: 'A web server' });
    const exec = { enable: true, commands: otaUpdateCommands(writeOtaUpdate(folder)) };
    await system.startAgent('host', { type: 0, capabilities: { exec } });
    const applications = [{ name: 'clock', command: '/bin/clock' }];
    agent = await system.startAgent('net-vm', { systemd, capabilities: { services: [web], applications } });
    await system.untilRegistered('host');
    await system.until((list) => list.some(({ Name }) => Name === web));
    await system.client().startApplication({ AppName: 'clock', VmName: 'net-vm', Args: [] });
  });
  afterAll(async () => {
    await system.close();
    programs.remove();
    rmSync(folder, { recursive: true });
  });

  const run = async (command: string): Promise<unknown> => {
    const { status, out, err } = await cli(system, ...command.split(' '));
    expect({ status, err }).toEqual({ status: 0, err: '' });
    expect(out).toMatch(/^[^\n]*\n$/);
    return JSON.parse(out) as unknown;
  };

  it.each([
    ['get-status net-vm web.service --as-json'],
    ['get-stats net-vm --as-json'],
    ['sysinfo --as-json'],
    ['policy status --as-json'],
    ['status --resources --as-json'],
    ['applications --as-json'],
    ['update list --as-json'],
  ])('has for "%s" the fields that the documentation shows', async (command) => {
    expect(shapeOf(await run(command))).toEqual(shapeOf(examples.get(command)));
  });

  it('has for query and status, for every machine, the fields that the documentation shows', async () => {
    const items = (await run('query --as-json')) as unknown[];
    const machines = (await run('status --as-json')) as { readonly units: readonly unknown[] }[];
    for (const item of items) expect(shapeOf([item])).toEqual(shapeOf(examples.get('query --as-json')));
    const withUnits = machines.filter(({ units }) => units.length > 0);
    expect(withUnits).toHaveLength(1);
    expect(shapeOf(withUnits)).toEqual(shapeOf(examples.get('status --as-json')));
  });

  it('has for watch the fields that the documentation shows', async () => {
    const watch = startCli(system, 'watch', '--as-json', '--initial', '--limit', '1');
    await watch.wrote('out', '\n');
    agent.systemd.crash(web);
    const [, change] = (await watch.ended).out.split('\n');
    expect(shapeOf(JSON.parse(change!))).toEqual(shapeOf(examples.get('watch --as-json')));
  });

  it('has for wifi list the fields that the documentation shows', () => {
    const network = { SSID: 'cafe', Signal: 70, Security: 'wpa-psk', Connection: true, Device: 'wlan0' };
    expect(shapeOf([listedNetwork(network)])).toEqual(shapeOf(examples.get('wifi list --vm net-vm --as-json')));
  });

  it('has null for values of sysinfo that are unknown', async () => {
    programs.add('ghaf-version', 'exit 1');
    programs.add('bootctl', 'exit 1');
    programs.add('lsblk', 'exit 1');
    expect(await run('sysinfo --as-json')).toEqual({ ghaf_version: null, secure_boot: null, disk_encrypted: null });
  });

  it('is not needed for one property of a unit, which get-status prints as systemctl show does', async () => {
    const show = async (...args: string[]) => (await cli(system, 'get-status', 'net-vm', web, ...args)).out;
    expect(await show('-p', 'LoadState,Name')).toBe('LoadState=loaded\nName=web.service\n');
    expect(await show('--property', 'LoadState', '--property', 'Name', '--value')).toBe('loaded\nweb.service\n');
  });

  it.each([
    [['--property', 'MainPID'], '--property: "MainPID" is unknown (known: Name, Description, LoadState, ActiveState'],
    [['--value'], '--value needs --property'],
    [['--as-json', '--property', 'Name'], '--as-json and --property exclude each other'],
  ])('is rejected by get-status with %j as bad usage', async (args, problem) => {
    const { status, out, err } = await cli(system, 'get-status', 'net-vm', web, ...args);
    expect({ status, out }).toEqual({ status: 2, out: '' });
    expect(err).toContain(`givc-cli: ${problem}`);
  });
});
