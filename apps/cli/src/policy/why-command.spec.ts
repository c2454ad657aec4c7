// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { RunningCli } from '../running-cli.fixture.js';

const why = (...args: string[]) => new RunningCli(['policy', 'why', ...args]).ended;
const root = join(__dirname, '../../../..');
const example = join(root, 'cedar/example.cedar');

let folder = '';
const file = (name: string, ...lines: (string | object)[]): string => {
  const text = lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n');
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), 'givc-why-'))));
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => jest.restoreAllMocks());

const startVm = ['--source', 'gui-vm', '--call', 'admin.AdminService/StartVM', '--data', '{"VmName":"net-vm"}'];
const denied = (more: object) => ({
  time: '2026-11-26T12:00:00.000Z',
  peer: 'gui-vm',
  address: '192.168.100.3',
  answer: 'PERMISSION_DENIED',
  ms: 0.5,
  reason: 'no rule permits it',
  ...more,
});
const deniedStart = denied({ rpc: '/admin.AdminService/StartVM', request: { VmName: 'net-vm' } });
const json = async (...args: string[]) => {
  const { status, out } = await why(...args, '--as-json');
  return {
    status,
    ...(JSON.parse(out) as { answer: string; by: string; smallest_rule: string | null; reason: string }),
  };
};

describe('givc-cli policy why', () => {
  it.each(['', '--as-json'])('shows what a caller has sent as harmless text %s', async (flag) => {
    const evil = 'a\u001b[2J\u009b2Jb\r\nc\u202ed';
    const record = file('evil', { ...deniedStart, peer: evil, reason: evil, request: { VmName: evil } });
    const { status, out, err } = await why(example, '--record', record, ...(flag ? [flag] : []));
    expect(status).toBe(1);
    expect(out).toContain('StartVM');
    // eslint-disable-next-line no-control-regex
    expect(out + err).not.toMatch(/[\0-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]/);
  });

  it('prints the smallest rule that permits a refused call, and what it permits, with status 1', async () => {
    expect(await why(example, ...startVm)).toEqual({
      status: 1,
      out: `refused: no rule permits it

This rule would permit it:

permit (
  principal == Source::"gui-vm",
  action == Command::"StartVM",
  resource == Module::"admin"
)
when { context.VmName == "net-vm" };

It permits StartVM of admin from gui-vm with VmName "net-vm", and nothing else.
`,
      err: 'givc-cli: gui-vm may not call admin.AdminService/StartVM\n',
    });
  });

  it('prints a rule that makes the daemon permit the call when it is added to the others', async () => {
    const { smallest_rule: rule } = await json(example, ...startVm);
    const more = file('more.cedar', readFileSync(example, 'utf8'), rule!);
    expect(await json(more, ...startVm)).toMatchObject({ status: 0, answer: 'permitted', smallest_rule: null });
  });

  it('prints the rule that forbids a call, where it stands, and what else it forbids', async () => {
    const stop = ['--source', 'ghaf-host', '--call', 'admin.AdminService/StopService'];
    const data = '{"ServiceName":"givc-net-vm.service","VmName":"net-vm"}';
    expect(await why(example, ...stop, '--data', data)).toEqual({
      status: 1,
      out: `refused: forbidden by ${example}:100:1 (agents go on), whatever other rules permit

@id("agents go on")
forbid (principal, action, resource)
when { context has ServiceName && context.ServiceName like "givc-*" && action == Command::"StopService" };
It forbids every machine: StopService (some requests) of admin.
`,
      err: 'givc-cli: ghaf-host may not call admin.AdminService/StopService\n',
    });
  });

  it('prints the rule that permits a call with status 0, and what else it permits', async () => {
    const health = ['--source', 'any-vm', '--call', 'grpc.health.v1.Health/Check'];
    expect(await why(example, ...health)).toEqual({
      status: 0,
      out: `permitted by ${example}:11:1 (health)

@id("health")
permit (principal, action, resource == Module::"grpc.health.v1");
It permits every machine: every command of grpc.health.v1.
`,
      err: '',
    });
  });

  it('names a forbidding rule and the rule that is needed besides', async () => {
    const rules = file('forbid.cedar', 'forbid (principal, action, resource) when { context.VmName == "net-vm" };');
    const { status, out } = await why(rules, ...startVm);
    expect(status).toBe(1);
    expect(out).toMatch(/^refused: forbidden by [^]*Once no rule forbids it, it needs this rule:\n\npermit \(/);
  });

  it('names a rule that cannot be evaluated, and the place of the mistake', async () => {
    const rules = file('wrong.cedar', 'permit (principal, action, resource)\nwhen { context.Nmae == "" };');
    expect(await why(rules, ...startVm)).toMatchObject({
      status: 1,
      out: expect.stringMatching(
        /^refused: a rule cannot be evaluated, .*wrong\.cedar:2:8: record does not have .*Nmae/,
      ),
    });
  });

  it('explains the last denied call of an audit log, or the given line', async () => {
    const other = denied({ rpc: '/admin.AdminService/StartVM', request: { VmName: 'gala-vm' } });
    const log = file('audit.log', other, deniedStart, { ...deniedStart, answer: 'OK' }, '');
    const last = await json(example, '--record', log);
    expect(last).toMatchObject({ status: 1, answer: 'refused', by: 'default' });
    expect(last.smallest_rule).toContain('context.VmName == "net-vm"');
    expect((await json(example, '--record', log, '--line', '1')).smallest_rule).toContain('"gala-vm"');
  });

  it('skips lines of the audit log that are too long or damaged, and says how many', async () => {
    const lines = [
      { ...deniedStart, reason: 'x'.repeat(1_024 * 1_024) },
      { ...deniedStart, peer: { toString: 'x' } },
      { ...deniedStart, rpc: ['/admin.AdminService/StartVM'] },
      { ...deniedStart, request: [['net-vm']] },
      { ...deniedStart, reason: 5 },
      `{"answer":"PERMISSION_DENIED","request":${'['.repeat(500_000)}${']'.repeat(500_000)}}`,
      '\u001b[2J\u009b2J',
      '"PERMISSION_DENIED"',
      'null',
      JSON.stringify(deniedStart).slice(0, -9),
    ];
    const { status, out, err } = await why(example, '--record', file('bad.log', deniedStart, ...lines));
    expect({ status, err }).toEqual({
      status: 1,
      err: `givc-cli: of the audit log, 10 lines are too long or damaged and skipped
givc-cli: gui-vm may not call admin.AdminService/StartVM
`,
    });
    expect(out).toContain('context.VmName == "net-vm"');
    expect((await why(example, '--record', file('none.log', ...lines))).err).toContain(
      'none.log has no line with PERMISSION_DENIED (10 lines are too long or damaged): choose a line with --line',
    );
    expect((await why(example, '--record', file('long.log', '', lines[0]!), '--line', '2')).err).toContain(
      'long.log has more than 1048576 bytes',
    );
  });

  it('prints a bounded part of a text of the audit log, however long it is', async () => {
    const all = file('all.cedar', 'permit (principal, action, resource);');
    const long = '\u009b'.repeat(100_000);
    const { status, out, err } = await why(all, '--record', file('long.log', { ...deniedStart, reason: long }));
    expect({ status, isBounded: (out + err).length < 100_000 }).toEqual({ status: 1, isBounded: true });
    expect(out + err).not.toContain('\u009b');
  });

  it('explains a line from stdin when there is no other call', async () => {
    const stdin = jest.spyOn(process, 'stdin', 'get');
    stdin.mockReturnValue(Readable.from([Buffer.from(`${JSON.stringify(deniedStart)}\n`)]) as typeof process.stdin);
    expect(await json(example)).toMatchObject({ status: 1, by: 'default' });
  });

  it.each([
    ['a terminal', Object.assign(Readable.from([]), { isTTY: true }), []],
    ['a terminal', Object.assign(Readable.from([]), { isTTY: true }), [example]],
    ['empty', Readable.from([Buffer.from('\n')]), [example]],
    ['empty', Readable.from([]), [example, '--trace', 'aa'.repeat(16)]],
  ])('names --call and --record when stdin is %s and nothing else names a call', async (_, stdin, args) => {
    jest.spyOn(process, 'stdin', 'get').mockReturnValue(stdin as typeof process.stdin);
    const problem = 'stdin has no audit log: name a call with --call, or an audit log with --record';
    expect(await why(...args)).toEqual({
      status: 2,
      out: '',
      err: `givc-cli: ${problem}; see "givc-cli policy why --help"\n`,
    });
  });

  it('leaves fields that the audit log does not record out of the rule, and says so', async () => {
    const log = file(
      'app.log',
      denied({ rpc: '/admin.AdminService/StartApplication', request: { AppName: 'chrome' } }),
    );
    const { status, out } = await why(file('none.cedar', ''), '--record', log);
    expect(status).toBe(1);
    expect(out).toContain('when { context.AppName == "chrome" };');
    expect(out).toContain('with AppName "chrome" and with any Args, VmName.');
  });

  it('is undecided with status 5 when a rule reads a field that the audit log does not record', async () => {
    const rules = file('args.cedar', 'permit (principal, action, resource) when { context.Args.contains("x") };');
    const log = file(
      'app.log',
      denied({ rpc: '/admin.AdminService/StartApplication', request: { AppName: 'chrome' } }),
    );
    const { status, out, err } = await why(rules, '--record', log);
    expect({ status, err }).toEqual({
      status: 5,
      err: 'givc-cli: it is unknown whether gui-vm may call admin.AdminService/StartApplication\n',
    });
    expect(out).toContain(`undecided: it depends on Args: ${rules}:1:1`);
    expect(out).toContain('Give the whole request with --source, --call and --data.');
  });

  it('says of a recorded refusal that no rule has caused it', async () => {
    const rpc = '/systemd.UnitControlService/StartUnit';
    const all = file('all.cedar', 'permit (principal, action, resource);');
    const reason = 'unit "x.service" is not in this agent\'s allowlist (capabilities.services)';
    const limit = file('limit.log', denied({ rpc, request: { UnitName: 'x.service' }, rule: 'all.cedar:1', reason }));
    expect(await json(all, '--record', limit)).toMatchObject({
      ...{ status: 1, answer: 'refused', by: 'other', smallest_rule: null },
      reason: `no rule has refused it: PERMISSION_DENIED: ${reason}`,
    });
    const only = denied({ rpc, request: {}, rule: 'changes only from admin-vm', reason: 'a rule forbids it' });
    expect(await json(all, '--record', file('only.log', only))).toMatchObject({
      ...{ status: 1, by: 'other' },
      reason: 'the agent accepts changes only from admin-vm (accessControl.adminOnly), whatever rules permit',
    });
  });

  it.each([
    [['--source', 'a'], '--source and --call are needed together'],
    [['--call', 'admin.AdminService/StartVM'], '--source and --call are needed together'],
    [[...startVm, '--record', 'x'], '--record has the call: leave out --source, --call and --data'],
    [['--source', 'a', '--call', 'admin.AdminService/StartVn'], 'did you mean "admin.AdminService/StartVM"?'],
    [['--record', '/nonexistent'], 'cannot read /nonexistent: '],
    [['--record', example, '--line', '0'], '--line: invalid number "0": expected a whole number from 1 to 1000000000'],
    [['--record', example, '--line', '5000'], '--line: '],
    [['--record', example, '--line', '1'], '--record: it is not a line of the audit log'],
    [['--record', example], ' lines are too long or damaged): choose a line with --line'],
  ])('rejects %j with status 2 and one line', async (args, problem) => {
    const { status, out, err } = await why(example, ...args);
    expect({ status, out }).toEqual({ status: 2, out: '' });
    expect(err).toContain(problem);
    expect(err).toMatch(/^[^\n]*; see "givc-cli policy why --help"\n$/);
  });

  it('rejects a line about a connection that was rejected before any call', async () => {
    const log = file('tls.log', {
      time: 'x',
      address: '10.0.0.1',
      answer: 'TLS',
      reason: 'its certificate is revoked',
    });
    expect(await why(example, '--record', log)).toMatchObject({
      status: 2,
      err: expect.stringContaining('the connection was rejected before any call (its certificate is revoked)'),
    });
  });
});

describe('givc-cli policy why with the rules of Ghaf', () => {
  const ghaf = join(root, 'test/lab/ghaf/admin-vm/admin-rules.cedar');
  const start = (vm: string) => [
    ...['--source', 'gui-vm', '--call', 'admin.AdminService/StartApplication'],
    ...['--data', JSON.stringify({ AppName: 'chrome', VmName: vm })],
  ];

  it('explains a permitted application, and a refused one with a rule that permits it', async () => {
    const permitted = await json(ghaf, ...start('chrome-vm'));
    expect(permitted).toMatchObject({ status: 0, reason: `permitted by ${ghaf}:20:1` });
    const refused = await json(ghaf, ...start('gala-vm'));
    expect(refused).toMatchObject({ status: 1, by: 'default' });
    const more = file('ghaf.cedar', readFileSync(ghaf, 'utf8'), refused.smallest_rule!);
    expect(await json(more, ...start('gala-vm'))).toMatchObject({ status: 0 });
    expect(await json(more, ...start('other-vm'))).toMatchObject({ status: 1 });
  });
});
