// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Checked } from '@givc/daemon';
import { createAuthority, writeCertificates } from '@givc/pki';
import { checkAdmin } from '../../apps/admin/src/admin.check.js';
import { readAdminConfig } from '../../apps/admin/src/admin.config.js';
import { checkAgent } from '../../apps/agent/src/agent.check.js';
import { readAgentFlags } from '../../apps/agent/src/agent.flags.js';
import { StandInPrograms } from '../support/programs.js';

const hourMs = 60 * 60 * 1_000;

describe.each(['givc-admin', 'givc-agent'] as const)('a check of the configuration of %s', (program) => {
  const isAdmin = program === 'givc-admin';
  const name = isAdmin ? 'admin-vm' : 'net-vm';
  const authority = createAuthority();
  const programs = new StandInPrograms();
  const environment = { ...process.env };
  let folder: string;
  const path = (file: string) => join(folder, file);

  const transport = (of: string) => ({ name: of, addr: '127.0.0.1', port: '0', protocol: 'tcp' });
  const settings = () => ({
    identity: { type: 8, subType: 9, name },
    network: {
      admin: { transport: transport('admin-vm') },
      agent: { transport: transport(name) },
      tls: {
        enable: true,
        caCertPath: path('ca-cert.pem'),
        certPath: path('cert.pem'),
        keyPath: path('key.pem'),
        revocationsPath: path('revoked'),
      },
    },
    accessControl: { enable: true, rulesFile: path('rules.cedar') },
    capabilities: {},
  });
  const check = (...flags: string[]): Promise<Checked> => {
    if (!isAdmin) return checkAgent(readAgentFlags(['-check', path('agent.json'), ...flags]));
    const tls = [
      '--tls',
      '--ca-cert',
      path('ca-cert.pem'),
      '--host-cert',
      path('cert.pem'),
      '--host-key',
      path('key.pem'),
    ];
    const rules = ['--access-control', '--cedar-file', path('rules.cedar'), '--revocations', path('revoked')];
    const config = readAdminConfig(['--listen', '127.0.0.1:0', ...tls, ...rules, '--check', ...flags]);
    return checkAdmin(config, config.check!.files);
  };
  const mistakes = (...flags: string[]): Promise<string[]> =>
    check(...flags)
      .then(
        ({ mistakes }) => mistakes,
        (error: unknown) => {
          expect(error).toMatchObject({ reason: 'INVALID_ARGUMENT' });
          return (error as Error).message.split('\n');
        },
      )
      .then((lines) => lines.map((line) => line.replaceAll(`${folder}/`, '')));
  const issue = (of = name, issuer = authority) =>
    writeCertificates(folder, authority, issuer.issue({ name: of, addresses: ['127.0.0.1'] }));

  beforeAll(() => {
    for (const program of ['localectl', 'timedatectl', 'busctl']) programs.add(program, 'exit 0');
  });
  afterAll(() => programs.remove());
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'givc-check-'));
    process.env = { PATH: environment['PATH'], GIVC_AUDIT: path('audit.log') };
    await issue();
    writeFileSync(path('rules.cedar'), 'permit(principal, action, resource);\n');
    writeFileSync(path('revoked'), 'name gui-vm\n');
    writeFileSync(path('agent.json'), JSON.stringify(settings()));
  });
  afterEach(() => {
    jest.useRealTimers();
    process.env = environment;
    rmSync(folder, { recursive: true });
  });

  it('says that it is valid and what was not checked, and opens nothing', async () => {
    const { warnings, summary } = await check();
    expect(warnings).toEqual([]);
    expect(summary).toContain(` is valid; not checked: units, users${isAdmin ? ', programs' : ''} and sockets `);
    expect(existsSync(path('audit.log'))).toBe(false);
  });

  it('has a line for each mistake of all files that it names', async () => {
    writeFileSync(path('key.pem'), 'no key');
    writeFileSync(
      path('rules.cedar'),
      'permit(principal, action, resource);\npermit(principal, action, resource) when {;\n',
    );
    writeFileSync(path('revoked'), 'name gui-vm\nsomething\n');
    expect(await mistakes()).toEqual([
      expect.stringMatching(/^the private key key\.pem does not belong to the certificate cert\.pem: /),
      expect.stringMatching(/^revoked:2: /),
      expect.stringMatching(/^rules\.cedar:2:/),
    ]);
  });

  it('hides nothing because of rules that do not parse', async () => {
    await writeCertificates(folder, authority, authority.issue({ name: 'gui-vm', addresses: ['10.0.0.1'] }));
    chmodSync(path('key.pem'), 0o644);
    writeFileSync(path('rules.cedar'), 'permit(principal, action, resource) when {;\n');
    writeFileSync(path('agent.json'), JSON.stringify({ ...settings(), capabilities: { services: ['a'] } }));
    const { mistakes, warnings } = await check(...(isAdmin ? ['--services', 'web.service'] : []));
    expect(mistakes).toEqual([
      expect.stringContaining('rules.cedar:1:'),
      expect.stringMatching(new RegExp(`cert.pem is for DNS:gui-vm.*, and this machine is ${name}`)),
    ]);
    expect(warnings).toEqual([
      expect.stringContaining(isAdmin ? 'invalid VM "web.service"' : '; this entry is left out'),
      expect.stringContaining('is not for the address 127.0.0.1'),
      expect.stringContaining('is open to all users (mode 0644)'),
    ]);
  });

  it('verifies a certificate whose key cannot be read, and names each file that is missing', async () => {
    await writeCertificates(folder, authority, authority.issue({ name: 'gui-vm', addresses: ['127.0.0.1'] }));
    rmSync(path('key.pem'));
    expect(await mistakes()).toEqual([
      expect.stringContaining('cannot read the private key key.pem: ENOENT'),
      expect.stringContaining('the certificate cert.pem is for DNS:gui-vm'),
    ]);
    rmSync(path('cert.pem'));
    expect(await mistakes()).toEqual([
      expect.stringContaining('cannot read the certificate cert.pem: ENOENT'),
      expect.stringContaining('cannot read the private key key.pem: ENOENT'),
    ]);
  });

  it('warns of rules that can never match, because no command or module has their names', async () => {
    const rule = 'permit(principal, action == Command::"Rebot", resource);\n';
    writeFileSync(path('rules.cedar'), `permit(principal, action, resource);\n${rule}`);
    expect((await check()).warnings).toEqual([
      expect.stringMatching(
        /the rule .*rules\.cedar:2:.* has a mistake: .*Rebot.*; correct the rule \(givc-cli policy/,
      ),
    ]);
  });

  it.each(['ca-cert.pem', 'cert.pem', 'key.pem', 'rules.cedar', 'revoked'])(
    'misses a file that is not there, unless it is on another machine: %s',
    async (file) => {
      rmSync(path(file));
      expect(await mistakes()).toEqual([expect.stringMatching(new RegExp(`${file}.*ENOENT`))]);
      expect(await mistakes('--no-files')).toEqual([]);
      expect((await check('--no-files')).summary).toContain(
        'not checked: the files that it names, units, users, programs',
      );
    },
  );

  it('rejects the certificate of another machine, and one of an authority that the machine does not trust', async () => {
    await issue('gui-vm', createAuthority({ name: 'Other' }));
    expect(await mistakes()).toEqual([
      expect.stringMatching(
        new RegExp(
          `^the certificate cert\\.pem is for DNS:gui-vm.*, and this machine is ${name}; issue it with that name first .*$`,
        ),
      ),
      expect.stringMatching(
        /^the certificate cert\.pem is rejected by peers that trust the same authorities: .*; put the root/,
      ),
    ]);
  });

  it('warns of a certificate that has expired or is not valid yet', async () => {
    const day = 24 * hourMs;
    for (const [away, text] of [
      [100 * 365 * day, 'ended on'],
      [-365 * day, 'is not valid before'],
    ] as const) {
      jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'], now: Date.now() + away });
      expect((await check()).warnings).toEqual([
        expect.stringMatching(new RegExp(`/cert\\.pem ${text}`)),
        expect.stringMatching(new RegExp(`/ca-cert\\.pem ${text}`)),
      ]);
      jest.useRealTimers();
    }
  });

  it('warns of an address that the certificate does not have, and of a key that others can read', async () => {
    await writeCertificates(folder, authority, authority.issue({ name, addresses: ['10.0.0.1'] }));
    chmodSync(path('key.pem'), 0o644);
    expect((await check()).warnings).toEqual([
      expect.stringMatching(/the certificate .*cert\.pem is not for the address 127\.0\.0\.1 .*; issue it with/),
      expect.stringMatching(/the key .*key\.pem is open to all users \(mode 0644\); chmod 0600 /),
    ]);
    expect((await check('--no-files')).warnings).toEqual([]);
  });

  it('warns of programs that capabilities need and that are missing, if it is an agent', async () => {
    if (isAdmin) return;
    const exec = { enable: true, commands: [{ command: '/nonexistent/tool' }] };
    writeFileSync(
      path('agent.json'),
      JSON.stringify({ ...settings(), capabilities: { ctap: { enable: true }, exec } }),
    );
    expect((await check()).warnings).toEqual([
      expect.stringContaining(
        'qctap-get-info is missing, and capabilities.ctap needs it; install the package qubes-ctap',
      ),
      ...Array(3).fill(expect.stringContaining('is missing')),
      expect.stringContaining('/nonexistent/tool cannot be run'),
    ]);
    expect((await check('--no-files')).warnings).toEqual([]);
  });

  it('rejects rules without TLS also when it reads no file', async () => {
    const text = 'access control needs TLS: without it callers have no names';
    const file = settings();
    writeFileSync(
      path('agent.json'),
      JSON.stringify({ ...file, network: { ...file.network, tls: { enable: false } } }),
    );
    expect(await mistakes(...(isAdmin ? ['--tls=false'] : []), '--no-files')).toEqual([text]);
  });

  it('warns of what the start leaves out, and has a line for each mistake that ends the start', async () => {
    if (isAdmin) {
      expect((await check('--services', 'web.service')).warnings).toEqual([
        expect.stringContaining('invalid VM "web.service"'),
      ]);
      expect(() => readAdminConfig(['--listen', 'nowhere:x', '--check'])).toThrow(/--listen \(LISTEN\)/);
      return;
    }
    writeFileSync(
      path('agent.json'),
      JSON.stringify({ ...settings(), capabilities: { services: ['a', 'b.service'] } }),
    );
    expect((await check()).warnings).toEqual([expect.stringContaining('; this entry is left out')]);
    writeFileSync(path('agent.json'), JSON.stringify({ ...settings(), identity: { type: 99, subType: 9, name: '-' } }));
    expect(await mistakes()).toEqual([
      expect.stringMatching(/^agent\.json: identity\.type: /),
      expect.stringMatching(/^agent\.json: identity\.name: /),
    ]);
  });
});
