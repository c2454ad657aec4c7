// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { UnitName } from '@givc/model';
import { FakeSystemd } from '@givc/systemd';
import { TestSystem } from '@givc/testing';
import { cli } from '../support/cli.js';

const web = 'web.service' as UnitName;

interface Listed {
  readonly machines: readonly {
    readonly name: string;
    readonly parts: readonly { readonly kind: string; readonly name: string; readonly end_ms: number | null }[];
  }[];
  readonly notes: readonly string[];
}

/** A service manager whose machine booted half a minute ago, in a virtual machine. */
function bootedSystemd(): FakeSystemd {
  const systemd = new FakeSystemd();
  systemd.define(web, { active: true });
  const uptime = Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0]);
  const bootedUs = (uptime - 30) * 1_000_000;
  const at = (seconds: number) => bootedUs + seconds * 1_000_000;
  const times = { virtualization: 'docker', initrdUs: 0, userspaceUs: at(0), finishUs: at(4) };
  jest.spyOn(systemd, 'managerTimes').mockResolvedValue(times);
  jest.spyOn(systemd, 'unitTimes').mockResolvedValue({
    ...{ startingUs: at(2), activeUs: at(3), inactiveUs: 0 },
    after: ['net.service', 'basic.target'],
  });
  return systemd;
}

describe('givc-cli analyze', () => {
  let folder: string;
  let system: TestSystem;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'givc-analyze-'));
    system = await TestSystem.start({ tls: false, stateDirectory: folder });
    const capabilities = { services: [web] };
    await system.startAgent('net-vm', { systemd: bootedSystemd(), capabilities });
    await system.untilRegistered('net-vm');
    await system.client().startService({ ServiceName: web, VmName: 'net-vm' });
  });
  afterAll(async () => {
    await system.close();
    rmSync(folder, { recursive: true });
  });

  const listed = async (...args: string[]): Promise<Listed> => {
    const { status, out, err } = await cli(system, 'analyze', ...args, '--as-json');
    expect({ status, err }).toEqual({ status: 0, err: '' });
    return JSON.parse(out) as Listed;
  };

  it('shows the boot of each machine, with the times that its agent and the history have', async () => {
    const { machines } = await listed('boot');
    expect(machines.map(({ name }) => name)).toEqual(['net-vm']);
    expect(machines[0]!.parts.map(({ kind, name }) => [kind, name])).toEqual([
      ['userspace', 'systemd'],
      ['agent', 'givc-agent'],
      ['unit', web],
    ]);
    const { out } = await cli(system, 'analyze', 'boot');
    expect(out).toMatch(/^Boot of the system on .*\n/);
    expect(out).toMatch(/\n {2}web\.service +│ +█+ +│ 1\.00 s {2}@2\.0/);
  });

  it('writes an SVG document, and says so', async () => {
    const file = join(folder, 'boot.svg');
    expect(await cli(system, 'analyze', 'boot', '--svg', file)).toEqual({
      status: 0,
      out: `Wrote ${file}.\n`,
      err: '',
    });
    expect(readFileSync(file, 'utf8')).toMatch(
      /^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg"[^]*web\.service[^]*<\/svg>\n$/,
    );
  });

  it('shows the start of a unit from the command on', async () => {
    const { machines } = await listed('start', web, '--vm', 'net-vm');
    expect(machines[0]!.parts[0]).toMatchObject({ kind: 'command', name: 'StartService by 127.0.0.1: OK' });
  });

  it('has the fields that the documentation shows', async () => {
    const section = readFileSync('docs/json-output.md', 'utf8').split('## givc-cli analyze boot --as-json\n')[1]!;
    const example = JSON.parse(section.split('```json\n')[1]!.split('```')[0]!) as Listed;
    const boot = await listed('boot');
    expect(Object.keys(boot)).toEqual(Object.keys(example));
    expect(Object.keys(boot.machines[0]!)).toEqual(Object.keys(example.machines[0]!));
    expect(Object.keys(boot.machines[0]!.parts[0]!)).toEqual(Object.keys(example.machines[0]!.parts[0]!));
  });

  it.each([
    [['start', 'x.service'], 1, 'neither the history nor an agent knows a start of "x.service"'],
    [['start'], 2, 'missing required argument "unit"'],
    [['boot', '--svg', '/nonexistent/boot.svg'], 1, 'cannot write /nonexistent/boot.svg: ENOENT'],
    [['reboot'], 2, 'unknown command "reboot"'],
  ])('answers %j with status %i and one line', async (args, status, problem) => {
    const run = await cli(system, 'analyze', ...args);
    expect(run).toMatchObject({ status, out: '' });
    expect(run.err).toContain(problem);
    expect(run.err.trimEnd()).not.toContain('\n');
  });
});
