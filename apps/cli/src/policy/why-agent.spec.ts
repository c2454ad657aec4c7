// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RunningCli } from '../running-cli.fixture.js';

const why = (...args: string[]) => new RunningCli(['policy', 'why', ...args]).ended;

let folder = '';
const file = (name: string, ...lines: (string | object)[]): string => {
  const text = lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n');
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'givc-why-agent-'))));
afterEach(() => rmSync(folder, { recursive: true }));

const agentFile = (accessControl: object = { enable: true, rulesFile: '/etc/givc/rules.cedar' }) =>
  file('agent.json', {
    identity: { name: 'net-vm', type: 9 },
    network: { admin: { transport: { name: 'admin-vm' } } },
    capabilities: { services: ['web.service'] },
    accessControl,
  });
const ofAdmin = 'permit (principal == Source::"admin-vm", action, resource == Module::"systemd");';
const unit = (name: string, source = 'admin-vm') => [
  ...['--source', source, '--call', 'systemd.UnitControlService/StopUnit', '--data', `{"UnitName":"${name}"}`],
];
const stop = (name: string) => [
  ...['--source', 'gui-vm', '--call', 'admin.AdminService/StopService'],
  ...['--data', JSON.stringify({ ServiceName: name, VmName: 'net-vm' })],
];

describe('givc-cli policy why --agent', () => {
  it('explains the rules of an agent, and the refusals of its configuration', async () => {
    const rules = file('rules.cedar', ofAdmin);
    expect(await why(rules, '--agent', agentFile(), ...unit('web.service'))).toMatchObject({
      status: 0,
      out: expect.stringMatching(/^net-vm: permitted by .*rules\.cedar:1:1\n/),
    });
    expect(await why(rules, '--agent', agentFile(), ...unit('web.service', 'gui-vm'))).toMatchObject({
      status: 1,
      out: expect.stringMatching(/^net-vm: refused: no rule permits it\n[^]*principal == Source::"gui-vm"/),
    });
    expect(await why(rules, '--agent', agentFile(), ...unit('x.service'))).toEqual({
      status: 1,
      out: 'net-vm: refused: the configuration of net-vm refuses it: x.service is not in its allowlist (capabilities.services)\n',
      err: 'givc-cli: admin-vm may not call systemd.UnitControlService/StopUnit\n',
    });
  });

  it('needs no rules of an agent without access control', async () => {
    expect(await why('--agent', agentFile({}), ...unit('web.service'))).toEqual({
      status: 0,
      out: 'net-vm: permitted: access control is off\n',
      err: '',
    });
    const { out } = await why('--agent', agentFile({ adminOnly: true }), ...unit('web.service', 'gui-vm'));
    expect(out).toBe(
      'net-vm: refused: the agent accepts changes only from admin-vm (accessControl.adminOnly), whatever rules permit\n',
    );
  });

  it('follows a call from the admin to the agent, and explains the one that refuses it', async () => {
    file('admin.cedar', 'permit (principal == Source::"gui-vm", action, resource);');
    const agent = agentFile();
    file('net-vm.cedar', '');
    const { status, out } = await why(folder, '--agent', agent, ...stop('web.service'));
    expect(status).toBe(1);
    expect(out).toMatch(
      /^admin: permitted by [^]*\nnet-vm: refused: no rule permits it\n[^]*Source::"admin-vm",\n {2}action == Command::"StopUnit"/,
    );
    file('net-vm.cedar', ofAdmin);
    const json = await why(folder, '--agent', agent, ...stop('x.service'), '--as-json');
    expect(JSON.parse(json.out)).toMatchObject({
      at: 'net-vm',
      source: 'admin-vm',
      answer: 'refused',
      by: 'configuration',
    });
    expect((await why(folder, '--agent', agent, ...stop('web.service'))).status).toBe(0);
  });

  it('explains a line of the audit log of the agent', async () => {
    const line = {
      ...{ time: '2026-11-26T12:00:00.000Z', peer: 'gui-vm', rpc: '/systemd.UnitControlService/StopUnit' },
      ...{ request: { UnitName: 'web.service' }, answer: 'PERMISSION_DENIED', reason: 'no rule permits it' },
    };
    const log = file('audit.log', line);
    const { status, out } = await why(file('rules.cedar', ofAdmin), '--agent', agentFile(), '--record', log);
    expect(status).toBe(1);
    expect(out).toContain('It permits StopUnit of systemd from gui-vm with UnitName "web.service", and nothing else.');
  });

  describe('of a call that the admin has permitted and the agent has refused', () => {
    const refusal = 'unit "secret.service" is not in this agent\'s allowlist (capabilities.services)';
    const recorded = (more: object = {}) =>
      file('audit.log', {
        ...{ time: '2026-11-26T12:00:00.000Z', peer: 'gui-vm', rpc: '/admin.AdminService/StopService' },
        ...{ request: { ServiceName: 'secret.service', VmName: 'net-vm' }, answer: 'PERMISSION_DENIED' },
        ...{ rule: 'admin.cedar:1', reason: `net-vm: ${refusal}`, ...more },
      });
    const admin = () => file('admin.cedar', 'permit (principal == Source::"gui-vm", action, resource);');

    it('shows the recorded answer of the agent without its configuration', async () => {
      const { status, out, err } = await why(admin(), '--record', recorded());
      expect(status).toBe(1);
      expect(out).toMatch(/^admin: permitted by .*admin\.cedar:1:1\n/);
      expect(out).toContain(`\nnet-vm: refused: it answered PERMISSION_DENIED: ${refusal}\n`);
      expect(err).toBe(
        'givc-cli: the recorded call of gui-vm to admin.AdminService/StopService was refused by net-vm\n',
      );
      const byRules = await why(admin(), '--record', recorded({ reason: 'net-vm: no rule permits it' }));
      expect(byRules.out).toContain('\nnet-vm: refused: it answered PERMISSION_DENIED: no rule permits it\n');
    });

    it('follows it to the configuration and the rules of the agent', async () => {
      admin();
      file('net-vm.cedar', ofAdmin);
      const follow = (more?: object) => why(folder, '--agent', agentFile(), '--record', recorded(more));
      expect((await follow()).out).toMatch(
        /^admin: permitted by [^]*\nnet-vm: refused: the configuration of net-vm refuses it: secret\.service is not in its allowlist/,
      );
      const now = { ServiceName: 'web.service', VmName: 'net-vm' };
      expect(await follow({ request: now })).toMatchObject({
        status: 1,
        out: expect.stringContaining(`\nnet-vm: refused: no rule has refused it: PERMISSION_DENIED: ${refusal}\n`),
        err: 'givc-cli: the recorded call of admin-vm to systemd.UnitControlService/StopUnit was refused by net-vm\n',
      });
      file('net-vm.cedar', '');
      expect((await follow({ request: now, reason: 'net-vm: no rule permits it' })).out).toMatch(
        /\nnet-vm: refused: no rule permits it\n/,
      );
    });

    it('follows a call of both daemons that the admin has recorded', async () => {
      admin();
      file('net-vm.cedar', '');
      const journal = { rpc: '/journal.JournalService/ReadJournal', request: { vm: 'net-vm' } };
      const { out } = await why(folder, '--record', recorded(journal));
      expect(out).toContain(`\nnet-vm: refused: it answered PERMISSION_DENIED: ${refusal}\n`);
    });

    it('leaves out the rules of the admin where they depend on what is not recorded', async () => {
      const rules = file('args.cedar', 'permit (principal, action, resource) when { context.Args.contains("x") };');
      const start = { rpc: '/admin.AdminService/StartApplication', request: { AppName: 'chrome' } };
      const { status, out } = await why(rules, '--record', recorded(start));
      expect({ status, out }).toEqual({
        status: 1,
        out: `net-vm: refused: it answered PERMISSION_DENIED: ${refusal}\n`,
      });
    });
  });

  it.each([
    [() => [], 'file: the rules are missing: name the file of Cedar rules, or the --agent'],
    [
      () => ['--agent', agentFile()],
      'the rules of the agent of net-vm are missing: name /etc/givc/rules.cedar of its machine',
    ],
    [() => [folder, '--agent', agentFile()], 'expected net-vm.cedar in a folder of rules'],
    [() => ['--agent', '/nonexistent'], 'cannot read /nonexistent: ENOENT'],
  ])('rejects missing files with status 2 and one line: %#', async (args, problem) => {
    const { status, out, err } = await why(...args(), ...unit('web.service'));
    expect({ status, out }).toEqual({ status: 2, out: '' });
    expect(err).toContain(problem);
    expect(err).toMatch(/^[^\n]*; see "givc-cli policy why --help"\n$/);
  });

  it('rejects the configuration of an agent that does not get the call', async () => {
    file('admin.cedar', '');
    const call = ['--source', 'gui-vm', '--call', 'admin.AdminService/GetStats', '--data', '{"VmName":"gui-vm"}'];
    const { status, err } = await why(folder, '--agent', agentFile(), ...call);
    expect(status).toBe(2);
    expect(err).toContain('--agent: the admin does not pass this call on to net-vm, but to gui-vm: leave it out');
  });
});

describe('the line of the audit log that policy why explains', () => {
  const denied = (time: string, vm: string, trace: string) => ({
    ...{ time, peer: 'gui-vm', rpc: '/admin.AdminService/StartVM', request: { VmName: vm } },
    ...{ answer: 'PERMISSION_DENIED', reason: 'no rule permits it', trace_id: trace.repeat(16) },
  });
  const log = () =>
    file(
      'audit.log',
      denied('2026-11-26T10:00:00.000Z', 'first-vm', 'aa'),
      denied('2026-11-26T11:00:00.000Z', 'second-vm', 'bb'),
      { ...denied('2026-11-26T12:00:00.000Z', 'third-vm', 'aa'), answer: 'OK' },
    );

  it.each([
    [['--trace', 'aa'.repeat(16)], 'first-vm'],
    [['--trace', 'bb'.repeat(16)], 'second-vm'],
    [['--at', '2026-11-26T10:30:00Z'], 'first-vm'],
    [['--at', '2026-11-26T12:30:00Z'], 'second-vm'],
    [[], 'second-vm'],
  ])('is the last denied one of the trace and until the time: %j', async (chosen, vm) => {
    const { out } = await why(file('none.cedar', ''), '--record', log(), ...chosen);
    expect(out).toContain(`context.VmName == "${vm}"`);
  });

  it.each([
    [
      ['--trace', 'cc'.repeat(16)],
      `has no denied call of the trace ${'cc'.repeat(16)}: leave it out for the last one, or look into FILE.1`,
    ],
    [['--trace', 'x'], '--trace: '],
    [['--at', '2026-11-25T00:00:00Z'], 'has no denied call until 2026-11-25T00:00:00.000Z: leave it out'],
    [['--at', 'noon'], '--at: invalid time "noon": expected "10min"'],
  ])('is missing with one line that says what to do: %j', async (chosen, problem) => {
    const { status, err } = await why(file('none.cedar', ''), '--record', log(), ...chosen);
    expect(status).toBe(2);
    expect(err).toContain(problem);
    expect(err).toMatch(/^[^\n]*\n$/);
  });
});
