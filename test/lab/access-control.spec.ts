// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Lab } from './lab.js';
import { type LabMachine } from './lab-machine.js';
import { addresses, agentPort, authorityFolder, cliProgram, machineNames } from './plan.js';
import { recordedLines } from './record.js';
import { output, run } from './run.js';
import { RunningProgram } from './running-program.js';
import { sharedLab } from './shared-lab.js';

const rules = `
@id("agents register")
permit(principal, action == Command::"RegisterService", resource == Module::"admin");
@id("the operator looks")
permit(principal == Source::"operator", action in [Command::"QueryList", Command::"Watch"], resource == Module::"admin");
@id("the operator restarts web")
permit(principal == Source::"operator", action in [Command::"StartService", Command::"StopService"], resource == Module::"admin")
when { context.ServiceName == "web.service" };
`;
const rulesFile = '/etc/givc/other-rules.cedar';

const agents = machineNames.filter((name) => name !== 'admin-vm');

interface AuditLine {
  readonly peer?: string;
  readonly rpc?: string;
  readonly answer: string;
  readonly rule?: string;
  readonly phase?: 'began' | 'ended';
}

describe('access control of the running system', () => {
  let lab: Lab;
  let admin: LabMachine;
  const folder = mkdtempSync(join(tmpdir(), 'givc-'));
  const dropIn = '/etc/systemd/system/givc-admin.service.d';

  /** Writes a file in a machine. */
  const write = async (machine: LabMachine, path: string, text: string): Promise<void> => {
    const file = join(folder, 'text');
    writeFileSync(file, text);
    await output(machine.enter(['mkdir', '-p', path.slice(0, path.lastIndexOf('/'))]));
    await output(['sh', '-c', 'exec "$@" < "$0"', file, ...machine.enter(['sh', '-c', 'cat > "$0"', path])]);
  };
  const restartAdmin = async (): Promise<void> => {
    await output(admin.enter(['systemctl', 'daemon-reload']));
    await output(admin.enter(['systemctl', 'restart', 'givc-admin.service']));
    await lab.registered(agents);
  };
  const record = async (machine: LabMachine): Promise<AuditLine[]> => {
    const lines = (await recordedLines(machine)).map((line) => JSON.parse(line) as AuditLine);
    return lines.filter(({ phase }) => phase !== 'began');
  };

  beforeAll(async () => {
    lab = await sharedLab();
    admin = lab.machine('admin-vm');
    await write(admin, rulesFile, rules);
    await write(admin, `${dropIn}/access.conf`, `[Service]\nEnvironment=ACCESS_CONTROL=true CEDAR_FILE=${rulesFile}\n`);
    await restartAdmin();
  });
  afterAll(async () => {
    await output(admin.enter(['rm', '-r', dropIn]));
    await restartAdmin();
    rmSync(folder, { recursive: true });
  });

  it('permits what a rule permits, denies the rest, and records both in the audit log with the rule that decided', async () => {
    expect(await lab.cli(['stop', 'service', 'web.service', '--vm', 'net-vm'])).toMatchObject({ status: 0 });
    expect(await lab.cli(['start', 'service', 'web.service', '--vm', 'net-vm'])).toMatchObject({ status: 0 });
    const refused = await lab.cli(['stop', 'service', 'fragile.service', '--vm', 'net-vm']);
    expect(refused.status).toBe(1);
    expect(refused.stderr).toContain('permission denied by admin access control policy');
    const lines = await record(admin);
    expect(lines.slice(-3)).toEqual([
      expect.objectContaining({
        peer: 'operator',
        rpc: '/admin.AdminService/StopService',
        request: { ServiceName: 'web.service', VmName: 'net-vm' },
        answer: 'OK',
        rule: 'the operator restarts web',
      }),
      expect.objectContaining({ rpc: '/admin.AdminService/StartService', answer: 'OK' }),
      expect.objectContaining({
        request: { ServiceName: 'fragile.service', VmName: 'net-vm' },
        answer: 'PERMISSION_DENIED',
      }),
    ]);
    // The agent has recorded the admin's call in its own audit log.
    expect((await record(lab.machine('net-vm'))).at(-1)).toMatchObject({
      peer: 'admin-vm',
      rpc: '/systemd.UnitControlService/StartUnit',
      answer: 'OK',
    });
  });

  it('applies changed rules without a restart, and keeps the old rules when the new ones are invalid', async () => {
    const pid = await output(admin.enter(['systemctl', 'show', '--property=MainPID', '--value', 'givc-admin.service']));
    const reload = () =>
      output(admin.enter(['systemctl', 'kill', '--signal=HUP', '--kill-whom=main', 'givc-admin.service']));
    const watched = lab.watch();
    await watched.until('the registry', () => watched.rows.length > 0);
    await write(admin, rulesFile, `${rules}permit(principal,\n`);
    await reload();
    const statusText = () =>
      output(admin.enter(['systemctl', 'show', '--property=StatusText', '--value', 'givc-admin.service']));
    while (!(await statusText()).includes(`not reloaded: ${rulesFile}:9:`));
    expect(await lab.cli(['query'])).toMatchObject({ status: 0 });
    await write(admin, rulesFile, rules.replace('Command::"QueryList", ', ''));
    await reload();
    expect(await lab.cli(['query'])).toMatchObject({ status: 1 });
    await write(admin, rulesFile, rules);
    await reload();
    expect(await lab.cli(['query'])).toMatchObject({ status: 0 });
    await watched.stop();
    while (/not reloaded|^$/.test(await statusText()));
    expect(await statusText()).toMatch(/^\d agents\s*$/);
    const journal = await admin.journal('givc-admin.service');
    expect(journal.match(/rules of access control not reloaded/g)).toHaveLength(1);
    expect(journal).toContain(`${rulesFile}:9:`);
    expect(
      await output(admin.enter(['systemctl', 'show', '--property=MainPID', '--value', 'givc-admin.service'])),
    ).toBe(pid);
  });

  it.each([
    ['rules that do not parse', { ACCESS_CONTROL: 'true', CEDAR_FILE: '/lab/broken.cedar' }, /broken\.cedar:1:5: /],
    ['missing rules', { ACCESS_CONTROL: 'true', CEDAR_FILE: '/lab/none.cedar' }, /none\.cedar/],
    ['revocations that cannot be read', { GIVC_REVOCATIONS: '/lab/none' }, /\/lab\/none/],
    ['a key that does not belong to the certificate', { HOST_KEY: '/lab/other.pem' }, /other\.pem/],
  ])('does not start with %s: status 2, and the position of the mistake', async (_, variables, message) => {
    await write(admin, '/lab/broken.cedar', 'let everybody in\n');
    await write(admin, '/lab/other.pem', readFileSync(join(authorityFolder, 'ca-key.pem'), 'utf8'));
    const environment = {
      ...{
        TLS: 'true',
        CA_CERT: '/etc/givc/ca-cert.pem',
        HOST_CERT: '/etc/givc/cert.pem',
        HOST_KEY: '/etc/givc/key.pem',
      },
      ...variables,
    };
    const settings = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
    const program = '/opt/givc/dist/bin/givc-admin';
    const outcome = await admin.run(['env', ...settings, program, '--listen', '127.0.0.1:0']);
    expect(outcome).toMatchObject({ status: 2, stdout: '' });
    expect(outcome.stderr.trim().split('\n')).toEqual([expect.stringMatching(message)]);
  });

  it('binds a registration to the certificate of its machine, even when the caller has another certificate', async () => {
    const grpc = await lab.cli(['query']);
    expect(grpc.status).toBe(0);
    const before = (await record(admin)).length;
    // The agent of a compromised VM, with the configuration of another machine and its own certificate.
    const netVm = lab.machine('net-vm');
    const config = JSON.parse(await output(netVm.enter(['cat', '/etc/givc/agent.json']))) as {
      identity: { name: string };
      network: { agent: { transport: { name: string; port: string } } };
    };
    config.identity.name = config.network.agent.transport.name = 'gui-vm';
    config.network.agent.transport.port = '0';
    await write(netVm, '/etc/givc/pretender.json', JSON.stringify(config));
    const pretender = ['/opt/givc/dist/bin/givc-agent', '-config', '/etc/givc/pretender.json'];
    const agent = RunningProgram.start(netVm.enter(['env', 'GIVC_AUDIT=/dev/null', ...pretender]));
    await agent.line("may be registered only with the certificate of gui-vm, and this is net-vm's");
    await agent.stop();
    expect((await record(admin))[before]).toMatchObject({ peer: 'net-vm', answer: 'PERMISSION_DENIED' });
  });

  it('accepts a new certificate of an agent without a restart, on new connections', async () => {
    const machine = lab.machine('gui-vm');
    const pid = await output(machine.enter(['systemctl', 'show', '--property=MainPID', '--value', machine.program]));
    const fresh = join(folder, 'gui-vm');
    await output([
      ...[cliProgram, 'certs', 'issue', 'gui-vm', '--ip', addresses['gui-vm'], '--days', '90'],
      ...['--authority', authorityFolder, '--out', fresh],
    ]);
    const serialOf = (pem: string) => output(['sh', '-c', 'openssl x509 -noout -serial < "$0"', pem]);
    const shown = async (): Promise<string> => {
      const { GIVC_CA_CERT, GIVC_HOST_CERT, GIVC_HOST_KEY } = lab.cliEnvironment();
      const { stdout } = await run([
        ...['sh', '-c', 'openssl s_client "$@" < /dev/null 2> /dev/null | openssl x509 -noout -serial', 'sh'],
        ...['-connect', `${addresses['gui-vm']}:${agentPort}`, '-alpn', 'h2'],
        ...['-CAfile', GIVC_CA_CERT!, '-cert', GIVC_HOST_CERT!, '-key', GIVC_HOST_KEY!],
      ]);
      return stdout.trim();
    };
    const old = await shown();
    for (const name of ['key.pem', 'cert.pem'])
      await write(machine, `/etc/givc/${name}`, readFileSync(join(fresh, name), 'utf8'));
    await output(machine.enter(['systemctl', 'kill', '--signal=HUP', '--kill-whom=main', machine.program]));
    expect(await shown()).toBe(await serialOf(join(fresh, 'cert.pem')));
    expect(await shown()).not.toBe(old);
    expect(await output(machine.enter(['systemctl', 'show', '--property=MainPID', '--value', machine.program]))).toBe(
      pid,
    );
    await lab.registered(['gui-vm']);
  });
});
