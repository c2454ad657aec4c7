// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { CommanderError } from 'commander';
import fc from 'fast-check';
import { formatAddress, GivcError, parseListenAddress } from '@givc/model';
import { readAdminConfig } from './admin.config.js';

describe('the flags and variables of the admin', () => {
  const environment = { ...process.env };
  afterEach(() => {
    process.env = { ...environment };
  });

  it('configure several listen addresses, from flags or from the variable', () => {
    expect(
      readAdminConfig([
        '--listen',
        '10.0.0.1:9001',
        '--listen',
        '/run/a.sock',
        '--listen',
        'unix:///run/b.sock',
        '--listen',
        '[::1]:1',
      ]).listen,
    ).toEqual([
      { protocol: 'tcp', host: '10.0.0.1', port: 9001 },
      { protocol: 'unix', path: '/run/a.sock' },
      { protocol: 'unix', path: '/run/b.sock' },
      { protocol: 'tcp', host: '::1', port: 1 },
    ]);
    process.env['LISTEN'] = '10.0.0.1:9001,vsock:3:9001';
    expect(readAdminConfig([]).listen).toEqual([
      { protocol: 'tcp', host: '10.0.0.1', port: 9001 },
      { protocol: 'vsock', cid: 3, port: 9001 },
    ]);
  });

  it('treat every empty variable as unset', () => {
    const printed: string[] = [];
    const stdout = jest.spyOn(process.stdout, 'write').mockImplementation((text) => printed.push(String(text)) > 0);
    expect(() => readAdminConfig(['--help'])).toThrow(CommanderError);
    stdout.mockRestore();
    const variables = [...printed.join('').matchAll(/env:\s*(\w+)/g)].map(([, name]) => name!);
    expect(variables).toEqual(expect.arrayContaining(['NAME', 'GIVC_MONITORING', 'GIVC_METRICS', 'GIVC_BOOT_LIMIT']));
    for (const name of variables) Reflect.deleteProperty(process.env, name);
    const byDefault = readAdminConfig(['--listen', '/a']);
    for (const name of variables) process.env[name] = '';
    expect(readAdminConfig(['--listen', '/a'])).toEqual(byDefault);
  });

  it('configure the sockets at which agents may register, by default none', () => {
    expect(readAdminConfig(['--listen', '/a']).agentSockets).toEqual([]);
    const flags = ['--listen', '/a', '--agent-socket', '/run/a.sock', '--agent-socket', '@b'];
    expect(readAdminConfig(flags).agentSockets).toEqual(['/run/a.sock', '@b']);
    process.env['GIVC_AGENT_SOCKETS'] = '/run/c.sock,@d';
    expect(readAdminConfig(['--listen', '/a']).agentSockets).toEqual(['/run/c.sock', '@d']);
    process.env['GIVC_AGENT_SOCKETS'] = 'run/c.sock';
    expect(() => readAdminConfig(['--listen', '/a'])).toThrow('invalid socket "run/c.sock": expected /path or @name');
  });

  it('enable the monitoring of agents by default', () => {
    expect(readAdminConfig(['--listen', '/a']).monitoring).toBe(true);
    process.env['GIVC_MONITORING'] = 'false';
    expect(readAdminConfig(['--listen', '/a']).monitoring).toBe(false);
  });

  it('configure the VMs to keep running, separated by commas or spaces', () => {
    process.env['SERVICES'] = 'microvm@net-vm.service givc-gui-vm.service, web.service';
    const { services, warnings } = readAdminConfig(['--listen', '/a']);
    expect(services).toEqual(['microvm@net-vm.service', 'microvm@gui-vm.service']);
    expect(warnings).toEqual([
      '--services (SERVICES): invalid VM "web.service": expected givc-X.service or microvm@X.service',
    ]);
  });

  it.each([
    [
      ['--access-control', '--cedar-file', '/r'],
      /^--access-control \(ACCESS_CONTROL\): TLS is off, so callers have no name/,
    ],
    [['--revocations', '/r'], /^--revocations \(GIVC_REVOCATIONS\): TLS is off, so nothing is revoked/],
  ])('warn that %j has no effect without TLS', (flags, warning) => {
    const tls = ['--tls', '--ca-cert', '/ca', '--host-cert', '/cert', '--host-key', '/key'];
    expect(readAdminConfig(['--listen', '/a', ...flags]).warnings).toEqual([expect.stringMatching(warning)]);
    expect(readAdminConfig(['--listen', '/a', ...flags, ...tls]).warnings).toEqual([]);
  });

  it('warn once when TLS is off, even when certificates are named', () => {
    expect(readAdminConfig(['--listen', '127.0.0.1:1']).warnings).toEqual([
      'TLS is off: every call is in plain text and unauthenticated; set TLS=true',
    ]);
    Object.assign(process.env, { CA_CERT: '/ca', HOST_CERT: '/cert', HOST_KEY: '/key' });
    expect(readAdminConfig(['--listen', '127.0.0.1:1']).warnings).toEqual([
      'TLS is off although certificates are named: every call is in plain text and unauthenticated; set TLS=true',
    ]);
    expect(readAdminConfig(['--listen', '/a.sock']).warnings).toEqual([]);
    expect(readAdminConfig(['--listen', '127.0.0.1:1', '--tls']).warnings).toEqual([]);
  });

  it('read the log level from the matching directive of GIVC_LOG, and warn of the others', () => {
    process.env['GIVC_LOG'] = 'givc=debug,tonic=warn';
    expect(readAdminConfig(['--listen', '/a'])).toMatchObject({
      logLevel: 'debug',
      warnings: ['GIVC_LOG: "tonic=warn" has no effect'],
    });
    expect(readAdminConfig(['--listen', '/a', '--log', 'error'])).toMatchObject({ logLevel: 'error', warnings: [] });
    expect(() => readAdminConfig(['--listen', '/a', '--log', 'loud'])).toThrow(
      new GivcError('INVALID_ARGUMENT', '--log: invalid level "loud": expected error, warn, info or debug'),
    );
  });

  it('configure the address of the metrics, by default none', () => {
    expect(readAdminConfig(['--listen', '/a']).metrics).toBeUndefined();
    process.env['GIVC_METRICS'] = '[::1]:9100';
    expect(readAdminConfig(['--listen', '/a']).metrics).toEqual({ protocol: 'tcp', host: '::1', port: 9100 });
    const elsewhere = () => readAdminConfig(['--listen', '/a', '--metrics', '192.168.100.10:9100']);
    expect(elsewhere).toThrow(/expected 127\.0\.0\.1:PORT, .* metrics are served without TLS/);
  });

  it.each([
    [
      'TLS without certificates',
      { TLS: 'true', HOST_CERT: '/cert' },
      '--tls (TLS): requires --ca-cert (CA_CERT), --host-key (HOST_KEY)',
    ],
    ['access control without rules', { ACCESS_CONTROL: 'true' }, /--cedar-file/],
    ['policies without a store', { POLICY_ADMIN: 'true', POLICY_CONFIG: '{}' }, /--policy-store/],
    [
      'invalid policies',
      { POLICY_ADMIN: 'true', POLICY_STORE: '/store', POLICY_CONFIG: '{"maxBytes":0}' },
      /^--policy-config: maxBytes: /,
    ],
  ])('reject a configuration with %s', (_, variables, message) => {
    Object.assign(process.env, variables);
    expect(() => readAdminConfig(['--listen', '/a'])).toThrow(message);
  });

  it.each([
    ['--listen', 'LISTEN', 'foo', /^invalid address "foo": expected ADDR:PORT/],
    ['--tls', 'TLS', 'maybe', /^invalid boolean "maybe": expected true or false$/],
    ['--name', 'NAME', '%', /^invalid VM name "%"/],
    ['--agent-socket', 'GIVC_AGENT_SOCKETS', 'a', /^invalid socket "a": expected/],
    ['--metrics', 'GIVC_METRICS', 'foo', /^invalid address "foo"/],
    ['--boot-limit', 'GIVC_BOOT_LIMIT', '0', /^invalid number of seconds "0": expected 1-9999$/],
    ['--type', 'TYPE', '99', /^invalid unit type "99": expected 0-14 \(0 Host Mgr, 1 Host Svc, .*, 14 AppVM App\)$/],
    ['--subtype', 'SUBTYPE', 'AppVM', /^invalid unit type "AppVM": expected 0-14 \(0 Host Mgr, /],
  ])('reject an invalid value of %s or %s with one error that names both', (name, variable, value, problem) => {
    const withFlag = () => readAdminConfig(['--listen', '/a', name, value]);
    const messages = [withFlag].map((read) => {
      try {
        read();
      } catch (error) {
        return (error as GivcError).message;
      }
      return undefined;
    });
    process.env[variable] = value;
    const field = `${name} (${variable}): `;
    for (const message of messages) expect(message?.slice(field.length)).toMatch(problem);
    expect(() => readAdminConfig(name === '--listen' ? [] : ['--listen', '/a'])).toThrow(messages[0]);
    expect(messages[0]).toContain(field);
  });

  it.each([
    [[], 'givc-admin: required option \'--listen <address>\' not specified; see "givc-admin --help"\n'],
    [['--lsten', 'a'], `givc-admin: unknown option '--lsten' (Did you mean --listen?); see "givc-admin --help"\n`],
  ])('reject %j with one line that names the program and its help', (argv, line) => {
    const written = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
    expect(() => readAdminConfig(argv)).toThrow(expect.objectContaining({ exitCode: 1 }) as Error);
    expect(written.mock.calls).toEqual([[line]]);
    written.mockRestore();
  });

  it('read the policies only when policies are enabled', () => {
    Object.assign(process.env, { POLICY_CONFIG: '{"polices":{}}', STATE_DIRECTORY: '/var/lib/givc' });
    expect(readAdminConfig(['--listen', '/a']).policies).toBeUndefined();
    const { policies, warnings } = readAdminConfig(['--listen', '/a', '--policy-admin']);
    expect(policies).toMatchObject({ source: { type: 'none' }, store: '/var/lib/givc/policies' });
    expect(warnings).toEqual(['--policy-config: polices: unknown key']);
  });

  it('are accepted, or rejected with the name of the flag, for random values', () => {
    const printed: string[] = [];
    const stderr = jest.spyOn(process.stderr, 'write').mockImplementation((text) => printed.push(String(text)) > 0);
    const stdout = jest.spyOn(process.stdout, 'write').mockReturnValue(true);
    const flags = [
      ...[
        '--listen',
        '--tls',
        '--ca-cert',
        '--host-cert',
        '--host-key',
        '--monitoring',
        '--access-control',
        '--cedar-file',
      ],
      ...[
        '--policy-admin',
        '--name',
        '--type',
        '--services',
        '--log',
        '--help',
        '--version',
        '--',
        '-',
        '--listen=',
        '-x',
      ],
    ];
    const values = [
      ...[
        '',
        'true',
        'no',
        'maybe',
        '/a.sock',
        '127.0.0.1:1',
        '[::1]:65536',
        'vsock:3:1',
        ',',
        ' ',
        'net-vm',
        '../x',
        'info',
      ],
      ...[
        'a\nb',
        'a\0b',
        '--listen',
        '__proto__',
        'constructor',
        '0',
        'microvm@net-vm.service',
        '/a,127.0.0.1:2 vsock:1:1',
      ],
    ];
    const word = fc.oneof(fc.constantFrom(...flags), fc.constantFrom(...values), fc.string({ unit: 'binary' }));
    const variables = fc.dictionary(
      fc.constantFrom(
        'LISTEN',
        'TLS',
        'GIVC_MONITORING',
        'ACCESS_CONTROL',
        'POLICY_ADMIN',
        'NAME',
        'SERVICES',
        'GIVC_LOG',
      ),
      fc.oneof(fc.constantFrom(...values), fc.string({ unit: 'binary' })).map((text) => text.replaceAll('\0', '')),
    );
    try {
      fc.assert(
        fc.property(fc.array(word, { maxLength: 6 }), variables, (argv, set) => {
          printed.length = 0;
          process.env = { ...environment, ...set };
          try {
            const config = readAdminConfig(argv);
            expect(config.listen.map((address) => parseListenAddress('', formatAddress(address)))).toEqual(
              config.listen,
            );
            expect(config.listen).not.toEqual([]);
            expect(config.name).toMatch(/^[A-Za-z0-9][A-Za-z0-9._-]*$/);
            expect(typeof config.monitoring).toBe('boolean');
          } catch (error) {
            if (error instanceof CommanderError) return expect(error.exitCode === 0 || printed.length > 0).toBe(true);
            if (!(error instanceof GivcError)) throw error;
            expect(error.reason).toBe('INVALID_ARGUMENT');
          }
        }),
        { numRuns: 1500 },
      );
    } finally {
      stderr.mockRestore();
      stdout.mockRestore();
    }
  });

  it('configure the machine with the security keys, by default gui-vm', () => {
    expect(readAdminConfig(['--listen', '/a']).ctapVm).toBe('gui-vm');
    expect(readAdminConfig(['--listen', '/a', '--ctap-vm', 'usb-vm']).ctapVm).toBe('usb-vm');
  });
});
