// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { readFileSync } from 'node:fs';
import { checkIds, type CheckId } from '@givc/checks';
import { RunningCli } from '../../apps/cli/src/running-cli.fixture.js';
import { adminFaults } from '../support/doctor-admin-faults.js';
import { agentFaults } from '../support/doctor-agent-faults.js';
import { localFaults, type Fault } from '../support/doctor-faults.js';
import { asUser, DoctorSystem } from '../support/doctor-system.js';
import { StandInPrograms } from '../support/programs.js';

/** The findings of the check that finds the fault, and the exit status. */
function expectFound({ status, findings, err }: Awaited<ReturnType<DoctorSystem['doctor']>>, fault: Fault): void {
  const { id, state, subject, message, fix } = fault;
  const found = findings.filter((one) => one.id === id && one.state !== 'ok');
  expect(found).toContainEqual({
    id,
    state,
    machine: expect.any(String),
    subject: expect.stringContaining(subject),
    message: expect.stringContaining(message),
    fix: expect.stringContaining(fix),
  });
  const failures = findings.filter((one) => one.state === 'failure').length;
  expect({ status, err }).toEqual(
    failures === 0
      ? { status: 0, err: '' }
      : { status: 1, err: expect.stringMatching(new RegExp(`^givc-cli: ${failures} failures?, .*\n$`)) },
  );
}

describe('givc-cli doctor', () => {
  let system: DoctorSystem;
  let programs: StandInPrograms;

  beforeAll(() => {
    programs = new StandInPrograms();
    for (const name of ['localectl', 'timedatectl', 'busctl']) programs.add(name, 'exit 0');
  });
  afterAll(() => programs.remove());
  beforeEach(() => void asUser({ uid: 0, username: 'root' }));

  describe('in a system that runs', () => {
    beforeAll(async () => {
      system = await DoctorSystem.make();
      await system.start();
    });
    afterAll(() => system.close());
    afterEach(async () => {
      jest.restoreAllMocks();
      await system.certify('cli');
    });

    it('finds nothing but what is ok in a healthy system, on every machine', async () => {
      const { status, err, findings } = await system.doctor();
      expect(findings.filter(({ state }) => state !== 'ok')).toEqual([]);
      expect({ status, err }).toEqual({ status: 0, err: '' });
      expect([...new Set(findings.map(({ machine }) => machine))]).toEqual(['here', 'admin-vm', 'host', 'net-vm']);
      const idsOf = (machine: string) => new Set(findings.filter((one) => one.machine === machine).map(({ id }) => id));
      const certificate: CheckId[] = [
        'certificate-dates',
        'certificate-chain',
        'certificate-name',
        'certificate-address',
      ];
      for (const machine of ['here', 'admin-vm', 'host', 'net-vm'])
        for (const id of [...certificate, 'key-permissions']) expect([machine, ...idsOf(machine)]).toContain(id);
      for (const id of ['clock', 'version', 'agent-connection', 'agent-channel', 'host-agent', 'report-protocol'])
        expect([...idsOf('admin-vm')]).toContain(id);
      for (const id of ['clock', 'admin-connection', 'units', 'systemd-version', 'programs'])
        expect([...idsOf('net-vm')]).toContain(id);
    });

    it('prints one plain line for each result, and counts them on stderr', async () => {
      const { out, err, status } = await new RunningCli([...system.connection, 'doctor', '--vm', 'net-vm']).ended;
      expect(status).toBe(0);
      const lines = out.trimEnd().split('\n');
      expect(lines.filter((line) => !/^ok {7}(here|net-vm) +[a-z-]+ +\S.*$/.test(line))).toEqual([]);
      expect(lines).toContainEqual(expect.stringMatching(/^ok {7}net-vm +units +1 unit is installed$/));
      expect(err).toBe(`givc-cli: no failures, no warnings, ${lines.length} ok\n`);
    });

    it('has in JSON the fields that the documentation shows', async () => {
      const [, section] = readFileSync('docs/json-output.md', 'utf8').split('## givc-cli doctor --as-json');
      const [example] = JSON.parse(/```json\n([^]*?)```/.exec(section!)![1]!) as object[];
      const { findings } = await system.doctor('--vm', 'net-vm');
      expect(Object.keys(findings[0]!)).toEqual(Object.keys(example!));
    });

    it('asks with --vm that agent alone, and rejects a VM that is unknown', async () => {
      const { findings } = await system.doctor('--vm', 'net-vm');
      expect([...new Set(findings.map(({ machine }) => machine))]).toEqual(['here', 'net-vm']);
      const { status, out, err } = await new RunningCli([...system.connection, 'doctor', '--vm', 'gui-vm']).ended;
      expect(err).toBe('givc-cli: VM "gui-vm" is unknown\n');
      expect({ status, isLocal: !out.includes('  net-vm  ') }).toEqual({ status: 1, isLocal: true });
    });

    it('asks with the name of the admin the admin alone, which needs no agent', async () => {
      const { findings } = await system.doctor('--vm', 'admin-vm');
      expect([...new Set(findings.map(({ machine }) => machine))]).toEqual(['here', 'admin-vm']);
      expect(findings.filter(({ state }) => state !== 'ok')).toEqual([]);
      expect(findings).toContainEqual(expect.objectContaining({ machine: 'admin-vm', id: 'pending-restart' }));
    });

    it.each(localFaults)('finds and names on the side of the caller: $what', async (fault) => {
      const flags = (await fault.prepare!(system)) ?? [];
      expectFound(await system.doctor(...flags), fault);
    });
  });

  describe.each([
    ['the admin', adminFaults],
    ['an agent', agentFaults],
  ] as const)('at %s', (_, faults) => {
    afterEach(async () => {
      jest.restoreAllMocks();
      await system.close();
    });

    it.each(faults)('finds and names: $what', async (fault) => {
      system = await DoctorSystem.make();
      await fault.prepare?.(system);
      await system.start();
      await fault.then?.(system);
      expectFound(await system.doctor(), fault);
    });
  });

  it('knows at least thirty faults, and a fault for most checks', () => {
    const all = [...localFaults, ...adminFaults, ...agentFaults];
    expect(all.length).toBeGreaterThanOrEqual(30);
    const without = checkIds.filter((id) => !all.some((fault) => fault.id === id));
    expect(without).toEqual([
      // They depend on the release of a peer, on the machine of the test, or on the other side.
      ...['certificate-name', 'control-groups', 'input-devices', 'report-protocol'],
      'version',
    ]);
  });

  it('has a row in docs/doctor.md for each check', () => {
    const rows = [...readFileSync('docs/doctor.md', 'utf8').matchAll(/^\| `([a-z-]+)` /gm)].map(([, id]) => id);
    expect(rows).toEqual([...checkIds]);
  });
});
