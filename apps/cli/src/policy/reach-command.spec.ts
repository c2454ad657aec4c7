// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RunningCli } from '../running-cli.fixture.js';

const reach = (...args: string[]) => new RunningCli(['policy', 'reach', ...args]).ended;
const root = join(__dirname, '../../../..');
const ghaf = (machine: string, name = 'config.json'): string => join(root, 'test/lab/ghaf', machine, name);

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'givc-reach-'));
  copyFileSync(ghaf('admin-vm', 'admin-rules.cedar'), join(folder, 'admin.cedar'));
  copyFileSync(ghaf('gui-vm', 'agent-rules.cedar'), join(folder, 'gui-vm.cedar'));
  copyFileSync(ghaf('host', 'agent-rules.cedar'), join(folder, 'ghaf-host.cedar'));
});
afterAll(() => rmSync(folder, { recursive: true }));
const file = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};

interface Row {
  readonly source: string | null;
  readonly at: string;
  readonly answer: string;
  readonly decisions: readonly { readonly at: string; readonly reason: string }[];
}
const rowsOf = async (...args: string[]): Promise<Row[]> => {
  const { status, out } = await reach(...args, '--as-json');
  expect(status).toBe(0);
  return JSON.parse(out) as Row[];
};
const answersOf = async (...args: string[]): Promise<Record<string, string>> =>
  Object.fromEntries((await rowsOf(...args)).map(({ source, answer }) => [source ?? 'other', answer]));

/** The lines about what the rows take into account. */
const considered = (known: string, left: string): string =>
  `givc-cli: considered: ${known}\ngivc-cli: not considered: ${left}; what runs now: no daemon is asked\n`;

const startService = ['--call', 'admin.AdminService/StartService', '--vm', 'gui-vm'];

describe('givc-cli policy reach', () => {
  it('prints for each machine of the rules, and for every other, whether it can make a call, and the rule', async () => {
    const rules = file('r.cedar', '@id("gui") permit (principal == Source::"gui-vm", action, resource);');
    expect(await reach(rules, '--call', 'admin.AdminService/QueryList')).toEqual({
      status: 0,
      out: `MACHINE      CALLS  ANSWER     REASON
gui-vm       admin  permitted  gui
(any other)  admin  refused    no rule permits it
`,
      err: considered('the rules of admin', 'revocations (--revocations)'),
    });
  });

  it('follows a call through the admin to the rules and the allowlist of an agent', async () => {
    const agents = ['--agent', ghaf('gui-vm'), ghaf('host')];
    const rows = await rowsOf(folder, ...startService, '--unit', 'poweroff.target', ...agents);
    expect(rows.find(({ source }) => source === 'gui-vm')).toEqual({
      source: 'gui-vm',
      at: 'admin',
      answer: 'permitted',
      decisions: [
        { at: 'admin', answer: 'permitted', reason: 'admin.cedar:10' },
        { at: 'gui-vm', answer: 'permitted', reason: 'gui-vm.cedar:10' },
      ],
    });
    const { out } = await reach(folder, ...startService, '--unit', 'x.service', ...agents);
    expect(out).toContain(
      'gui-vm       admin  refused  gui-vm: x.service is not in its allowlist (capabilities.services)\n',
    );
    expect(out).toContain('(any other)  admin  refused  no rule permits it\n');
    const vm = await answersOf(folder, '--call', 'admin.AdminService/StartVM', '--vm', 'net-vm', ...agents);
    expect(vm).toMatchObject({ 'gui-vm': 'permitted', 'ghaf-host': 'refused', other: 'refused' });
  });

  it('says which fields an answer depends on', async () => {
    const call = ['--call', 'admin.AdminService/StartApplication'];
    const { out } = await reach(join(folder, 'admin.cedar'), ...call);
    expect(out).toMatch(/gui-vm +admin +undecided +admin\.cedar:20, depending on VmName\n/);
    const known = await answersOf(join(folder, 'admin.cedar'), ...call, '--vm', 'chrome-vm', '--unit', 'chrome');
    expect(known).toMatchObject({ 'gui-vm': 'permitted' });
    expect(await answersOf(join(folder, 'admin.cedar'), ...call, '--data', '{"AppName":"a"}')).toMatchObject({
      'gui-vm': 'refused',
    });
  });

  it('refuses revoked machines, and changes by others than the admin where an agent is adminOnly', async () => {
    const config = JSON.stringify({
      identity: { name: 'net-vm', type: 9 },
      network: { admin: { transport: { name: 'admin-vm' } } },
      capabilities: { services: ['web.service'] },
      accessControl: { adminOnly: true },
    });
    const agent = file('net-vm.json', config);
    const call = ['--call', 'systemd.UnitControlService/StopUnit', '--vm', 'net-vm', '--unit', 'web.service'];
    expect(await answersOf(...call, '--agent', agent)).toEqual({
      ...{ 'admin-vm': 'permitted', 'net-vm': 'refused', other: 'refused' },
    });
    const revoked = file('revoked', 'name admin-vm\nserial 0a1b');
    const { out, err } = await reach(...call, '--agent', agent, '--revocations', revoked);
    expect(out).toContain('admin-vm     net-vm  refused  its certificate is revoked by its name\n');
    expect(out).toContain('net-vm       net-vm  refused  changes only from admin-vm\n');
    expect(err).toBe(
      considered(
        'net-vm without rules; the configuration of net-vm; the revoked names (1)',
        'the revoked serial numbers (1): rows are names',
      ),
    );
  });

  it('shows the rows of every agent that is given, and the capabilities that are off', async () => {
    const call = ['--call', 'socketproxy.SocketStream/TransferData'];
    const rows = await rowsOf(
      file('all.cedar', 'permit (principal, action, resource);'),
      ...call,
      '--agent',
      ghaf('net-vm'),
      ghaf('host'),
    );
    const of = (at: string, source: string) => rows.find((row) => row.at === at && row.source === source);
    expect(of('net-vm', 'gui-vm')).toMatchObject({ answer: 'permitted' });
    expect(of('net-vm', 'admin-vm')!.decisions).toMatchObject([
      { reason: 'capabilities.socketProxy has no entry for it' },
    ]);
    expect(of('ghaf-host', 'gui-vm')!.decisions).toMatchObject([{ reason: 'capabilities.socketProxy is off' }]);
  });

  it('follows a reader of a journal and of checks from the admin to the agent, and shows who reaches the agent itself', async () => {
    const config = (capabilities: object) =>
      JSON.stringify({
        identity: { name: 'net-vm', type: 9 },
        network: { admin: { transport: { name: 'admin-vm' } } },
        capabilities: { services: ['web.service'], ...capabilities },
      });
    const rules = file('all.cedar', 'permit (principal == Source::"gui-vm", action, resource);');
    const journal = ['--call', 'journal.JournalService/ReadJournal', '--vm', 'net-vm', '--agent'];
    const on = file('on.json', config({ journal: { enable: true } }));
    const rowsAt = async (...args: string[]) =>
      (await rowsOf(rules, ...args)).map(({ source, at, answer, decisions }) => [
        ...[source ?? 'other', at, answer, decisions.at(-1)!.reason],
      ]);
    const alone = 'only admin-vm may call it, as access control is off';
    expect(await rowsAt(...journal, on, '--unit', 'web.service')).toEqual([
      ['admin-vm', 'admin', 'refused', 'no rule permits it'],
      ['gui-vm', 'admin', 'permitted', 'access control is off'],
      ['net-vm', 'admin', 'refused', 'no rule permits it'],
      ['other', 'admin', 'refused', 'no rule permits it'],
      ['admin-vm', 'net-vm', 'permitted', 'access control is off'],
      ...['gui-vm', 'net-vm', 'other'].map((source) => [source, 'net-vm', 'refused', alone]),
    ]);
    const ofGui = async (...args: string[]) =>
      (await rowsAt(...args)).find(([source]) => source === 'gui-vm')!.slice(2);
    expect(await ofGui(...journal, on, '--unit', 'x.service')).toEqual([
      ...['refused', 'x.service is not in its allowlist (capabilities.services)'],
    ]);
    const off = file('off.json', config({}));
    expect(await ofGui(...journal, off)).toEqual(['refused', 'capabilities.journal is off']);
    for (const call of ['doctor.Doctor/RunChecks', 'resources.ResourcesService/GetUsage']) {
      const flags = ['--call', call, '--vm', 'net-vm', '--agent', off];
      expect([call, ...(await ofGui(...flags))]).toEqual([call, 'permitted', 'access control is off']);
      expect(
        (await rowsAt(...flags))
          .filter(([, at]) => at === 'net-vm')
          .at(-1)!
          .at(-1),
      ).toBe(alone);
    }
  });

  it('says that the admin decides about each reported entry where no rule mentions reports', async () => {
    const { out } = await reach(join(folder, 'admin.cedar'), '--call', 'report.Reports/Report');
    expect(out).toMatch(/net-vm +admin +undecided +each reported entry is decided like RegisterService\n/);
  });

  it('notes that the agent is left out when its configuration is not given', async () => {
    const { err } = await reach(folder, ...startService, '--unit', 'poweroff.target');
    const agent = 'the agent that gets the call from the admin (--agent and --vm)';
    expect(err).toBe(considered('the rules of admin', `${agent}; revocations (--revocations)`));
  });

  it('says that no rules of the admin are given where only an agent is', async () => {
    const config = JSON.stringify({
      identity: { name: 'net-vm', type: 9 },
      network: { admin: { transport: { name: 'admin-vm' } } },
      capabilities: { services: ['web.service'] },
    });
    const flags = ['--call', 'admin.AdminService/StopService', '--vm', 'net-vm', '--unit', 'web.service'];
    const { out } = await reach(...flags, '--agent', file('off.json', config));
    expect(out).toMatch(/\(any other\) +admin +permitted +no rules are given; net-vm: access control is off\n/);
  });

  it.each([
    [
      ['--call', 'admin.AdminService/StartVM'],
      'file: the rules are missing: name admin.cedar, or a folder that has it, or the --agent',
    ],
    [['--call', 'admin.AdminService/StartVn'], 'did you mean "admin.AdminService/StartVM"?'],
    [
      ['--call', 'admin.AdminService/QueryList', '--unit', 'a'],
      '--unit: requests of admin.AdminService/QueryList name no unit',
    ],
    [
      ['--call', 'admin.AdminService/QueryList', '--vm', 'a'],
      '--vm: requests of admin.AdminService/QueryList name no VM',
    ],
    [['--call', 'hwid.HwidService/GetHwId'], '--agent: it is missing: the call is for agents'],
    [
      ['--call', 'hwid.HwidService/GetHwId', '--vm', 'a', '--agent', ghaf('host')],
      '--vm: no configuration of --agent is of a: they are of ghaf-host',
    ],
    [
      ['--call', 'hwid.HwidService/GetHwId', '--agent', ghaf('host')],
      'the rules of the agent of ghaf-host are missing: expected ghaf-host.cedar in a folder of rules',
    ],
    [['--call', 'hwid.HwidService/GetHwId', '--agent', '/nonexistent'], 'cannot read /nonexistent: '],
    [
      ['--call', 'hwid.HwidService/GetHwId', '--agent', join(root, 'tsconfig.json')],
      'tsconfig.json: identity: it is missing',
    ],
  ])('rejects %j with status 2', async (args, problem) => {
    const { status, out, err } = await reach(...args);
    expect({ status, out }).toEqual({ status: 2, out: '' });
    expect(err).toContain(problem);
  });

  it('rejects a folder without the rules of the called daemon', async () => {
    const missing = await reach(join(root, 'docs'), '--call', 'admin.AdminService/QueryList');
    expect(missing).toMatchObject({ status: 2, err: expect.stringContaining('docs/admin.cedar: ENOENT') });
    const none = await reach(join(root, 'docs'), '--call', 'hwid.HwidService/GetHwId', '--vm', 'net-vm');
    expect(none).toMatchObject({
      status: 2,
      err: expect.stringContaining('has no rules of net-vm: expected net-vm.cedar'),
    });
  });
});
