// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RunningCli } from '../running-cli.fixture.js';

const policy = (...args: string[]) => new RunningCli(['policy', ...args]).ended;

let folder = '';
const file = (text: string, name = 'r.cedar'): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), 'policy-'))));
afterAll(() => rmSync(folder, { recursive: true }));

const example = join(__dirname, '../../../../cedar/example.cedar');

describe('givc-cli policy check', () => {
  it('finds no mistake in the example of cedar/', async () => {
    expect(await policy('check', example, '--for', 'admin')).toEqual({
      status: 0,
      out: '',
      err: `givc-cli: ${example}: 14 rules, no errors, no warnings\n`,
    });
  });

  it('ignores a byte order mark, and finds mistakes at the same position as an editor', async () => {
    const rules = file('\ufeffpermit (principal, action == Command::"StartVn", resource == Module::"admin");\r\n');
    const { status, out } = await policy('check', rules);
    expect(status).toBe(1);
    expect(out).toContain(`${rules}:1:30: error: `);
  });

  it('prints a line for each mistake, a summary on stderr, and fails with status 1', async () => {
    const rules = file(`permit (principal, action == Command::"StartVn", resource == Module::"admin");
permit (principal, action == Command::"StartVM", resource == Module::"grpc");`);
    const { status, out, err } = await policy('check', rules);
    expect({ status, err }).toEqual({ status: 1, err: `givc-cli: ${rules}: 2 rules, 1 error, 1 warning\n` });
    expect(out.split('\n')).toEqual([
      expect.stringContaining(`${rules}:1:30: error: unrecognized action \`Command::"StartVn"\``),
      `${rules}:2:1: warning: this rule can never match: StartVM is asked of Module::"admin"`,
      '',
    ]);
  });

  it('accepts warnings, and rules for an agent unless they are for the admin', async () => {
    const never = file('permit (principal, action == Command::"StartVM", resource == Module::"grpc");');
    expect(await policy('check', never, '--schema')).toMatchObject({
      status: 0,
      out: expect.stringContaining('warning'),
    });
    const agent = file('permit (principal, action == Command::"StartUnit", resource == Module::"systemd");');
    expect(await policy('check', agent)).toMatchObject({ status: 0, out: '' });
    expect(await policy('check', agent, '--for', 'agent')).toMatchObject({ status: 0, out: '' });
    expect(await policy('check', agent, '--for', 'admin')).toMatchObject({ status: 1 });
  });

  it('accepts another schema, and rejects one that does not parse with status 2', async () => {
    const schema = 'entity Source; entity Module; action A appliesTo { principal: Source, resource: Module };';
    const rules = file('permit (principal, action == Command::"A", resource);');
    expect(await policy('check', rules, '--schema', file(schema, 's.cedarschema'))).toMatchObject({
      status: 0,
      out: '',
    });
    const broken = await policy('check', rules, '--schema', file('entity ;', 's.cedarschema'));
    expect(broken).toMatchObject({ status: 2, out: '', err: expect.stringContaining('s.cedarschema:1:8: ') });
  });
});

describe('givc-cli policy test', () => {
  const startVm = (source: string, VmName: string, ...more: string[]) =>
    policy(
      'test',
      example,
      '--source',
      source,
      '--call',
      'admin.AdminService/StartVM',
      '--data',
      JSON.stringify({ VmName }),
      ...more,
    );

  it('prints which rule allows a call', async () => {
    expect(await startVm('gui-vm', 'chrome-vm')).toEqual({
      status: 0,
      out: 'allow: desktop boots machines of applications\n',
      err: '',
    });
    expect(await startVm('ghaf-host', 'net-vm', '--as-json')).toEqual({
      status: 0,
      out: '{"allowed":true,"rule":"host"}\n',
      err: '',
    });
  });

  it('prints why a call is denied, with status 1', async () => {
    expect(await startVm('gui-vm', 'net-vm')).toEqual({
      status: 1,
      out: 'deny: no rule permits it\n',
      err: 'givc-cli: gui-vm may not call admin.AdminService/StartVM\n',
    });
    const stop = ['--source', 'ghaf-host', '--call', 'admin.AdminService/StopService'];
    const data = '{"ServiceName":"givc-net-vm.service","VmName":"net-vm"}';
    expect(await policy('test', example, ...stop, '--data', data)).toMatchObject({
      status: 1,
      out: 'deny: agents go on\n',
    });
    expect(await policy('test', example, ...stop, '--data', data, '--as-json')).toMatchObject({
      status: 1,
      out: '{"allowed":false,"rule":"agents go on"}\n',
    });
  });

  it('prints which rule cannot be evaluated', async () => {
    const rules = file(
      'permit (principal, action, resource);\nforbid (principal, action, resource)\nwhen { context.Nmae == "" };',
    );
    expect(await policy('test', rules, '--source', 'a', '--call', 'hwid.HwidService/GetHwId')).toMatchObject({
      status: 1,
      out: expect.stringMatching(/^deny: .*r\.cedar:3:8: record does not have the attribute `Nmae`/),
    });
  });

  it('evaluates requests as daemons decode them', async () => {
    const locale = file(`@id("all") permit (principal, action, resource) when {
      context.assignments.contains({ key: 13, value: "C" }) && context.service == "AdminService" };`);
    const data = '{"assignments":[{"key":"LC_ALL","value":"C"}]}';
    const setLocale = ['--source', 'a', '--call', '/admin.AdminService/SetLocale', '--data', data];
    expect(await policy('test', locale, ...setLocale)).toMatchObject({ status: 0, out: 'allow: all\n' });
    const stream = file('@id("stream") permit (principal, action, resource) when { context == { service: "Exec" } };');
    expect(await policy('test', stream, '--source', 'a', '--call', 'exec.Exec/RunCommand')).toMatchObject({
      status: 0,
      out: 'allow: stream\n',
    });
  });

  it.each([
    [
      ['admin.AdminService/StartVn'],
      '--call: unknown rpc "admin.AdminService/StartVn": did you mean "admin.AdminService/StartVM"?',
    ],
    [['nothing'], '--call: unknown rpc "nothing": expected pkg.Service/Method'],
    [['admin.AdminService/StartVM', '--data', '{"VmNam":"a"}'], 'key "VmNam" is unknown'],
    [['admin.AdminService/StartVM', '--data', '{"VmName":1}'], 'VmName'],
    [['admin.AdminService/StartVM', '--data', '{'], '--data: invalid JSON'],
    [['exec.Exec/RunCommand', '--data', '{}'], '--data: exec.Exec/RunCommand takes a stream of requests'],
  ])('rejects %j with status 2', async (args, problem) => {
    const { status, out, err } = await policy('test', example, '--source', 'a', '--call', ...args);
    expect({ status, out }).toEqual({ status: 2, out: '' });
    expect(err).toContain(problem);
    expect(err).toMatch(/^[^\n]*; see "givc-cli policy test --help"\n$/);
  });

  it('rejects invalid rules with status 2 and the position of the mistake', async () => {
    const rules = file('permit');
    const { status, err } = await policy('test', rules, '--source', 'a', '--call', 'admin.AdminService/StartVM');
    expect({ status, err }).toEqual({
      status: 2,
      err: expect.stringContaining(`${rules}:1:7: unexpected end of input`),
    });
  });
});
