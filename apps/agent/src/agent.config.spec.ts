import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { GivcError } from '@givc/model';
import { parseAgentConfig, readAgentConfig } from './agent.config.js';

const transport = (name: string, port: string) => ({ name, addr: '127.0.0.1', port, protocol: 'tcp' });
const minimal = {
  identity: { type: 8, subType: 9, parent: 'microvm@net-vm.service', name: 'net-vm' },
  network: { admin: { transport: transport('admin-vm', '9001') }, agent: { transport: transport('net-vm', '9000') } },
};
const withCapabilities = (capabilities: unknown) => parseAgentConfig({ ...minimal, capabilities });

describe("the agent's configuration", () => {
  it('needs no more than who it is and where the admin is', () => {
    const value = parseAgentConfig({ ...minimal, capabilities: null, accessControl: null });
    expect(value).toMatchObject({
      unit: 'givc-net-vm.service',
      parent: 'microvm@net-vm.service',
      identity: { type: { vm: 'SysVM', service: 'Mgr' }, subType: { vm: 'SysVM', service: 'Svc' } },
      admin: { name: 'admin-vm', address: { protocol: 'tcp', host: '127.0.0.1', port: 9001 } },
      self: { name: 'net-vm', address: { port: 9000 } },
      capabilities: { services: [], applications: [], vmServices: { systemVms: [], appVms: [] } },
      warnings: [],
    });
    expect(value.access).toEqual({
      tls: { ca: '/etc/givc/ca-cert.pem', cert: '/etc/givc/cert.pem', key: '/etc/givc/key.pem' },
      revocations: undefined,
      rules: undefined,
    });
  });

  it('has no parent on the host', () => {
    for (const parent of ['', null, undefined])
      expect(parseAgentConfig({ ...minimal, identity: { ...minimal.identity, parent } }).parent).toBeUndefined();
  });

  it.each<[string, object, string[]]>([
    [
      'its identity and network, which end the agent',
      {
        identity: { type: 9, subType: 99, parent: 'net-vm', name: '-' },
        network: { admin: { transport: transport('admin-vm', '99999') }, agent: null },
      },
      [
        'identity.type: 9 stands for SysVM Svc, but Mgr is needed here',
        'identity.subType: 99 is no type of a unit',
        'identity.parent: "net-vm" is no unit name',
        'identity.name: "-" is no name of a VM',
        'network.admin.transport.port: "99999" is no port',
        'network.agent: ',
      ],
    ],
  ])('is refused with every mistake of %s at once', (_, input, lines) => {
    const mistaken = () => parseAgentConfig(input);
    expect(mistaken).toThrow(expect.objectContaining({ reason: 'INVALID_ARGUMENT' }) as Error);
    for (const line of lines) expect(mistaken).toThrow(line);
  });

  it('is used without the entries that have a mistake, each of which is a warning', () => {
    const { capabilities, warnings } = withCapabilities({
      services: ['foo', 'web.service', 'bar'],
      vmServices: { adminVm: 'web.service', systemVms: ['web.service', 'microvm@net-vm.service'] },
      applications: [
        { name: 'a b', command: 'bin/a', args: ['url', 'path'] },
        { name: 'good', command: '/bin/good' },
      ],
      wifi: { enable: 'yes' },
      ctap: { enable: true },
    });
    expect(capabilities).toMatchObject({
      services: ['web.service'],
      vmServices: { systemVms: ['microvm@net-vm.service'], appVms: [] },
      applications: [{ name: 'good' }],
      wifi: { enable: false },
      ctap: { enable: true },
    });
    expect(warnings).toEqual([
      expect.stringMatching(/^capabilities\.services\[0\]: "foo" .*; this entry is left out$/),
      expect.stringMatching(/^capabilities\.services\[2\]: "bar" .*; this entry is left out$/),
      expect.stringMatching(/^capabilities\.vmServices\.adminVm: "web\.service" .*; this entry is left out$/),
      expect.stringMatching(/^capabilities\.vmServices\.systemVms\[0\]: .*; this entry is left out$/),
      expect.stringMatching(/^capabilities\.applications\[0\]\.name: .*; this entry is left out$/),
      expect.stringMatching(/^capabilities\.applications\[0\]\.command: .*; this entry is left out$/),
      expect.stringMatching(/^capabilities\.applications\[0\]\.args\[1\]: .*; this entry is left out$/),
      expect.stringMatching(/^capabilities\.wifi\.enable: .*; the capability stays off$/),
    ]);
  });

  it('closes an entry or a capability when what protects it is mistaken', () => {
    const entry = { transport: transport('gui-vm', '9010'), server: true, socket: '/run/a.sock' };
    const proxy = { name: 'bus', bus: 'system', socket: '/run/a/b', transport: transport('gui-vm', '9011') };
    const { capabilities, warnings } = withCapabilities({
      socketProxy: { enable: true, sockets: [{ ...entry, permittedSource: 'no name!' }] },
      dbusProxy: { enable: true, proxies: [{ ...proxy, filter: { talk: ['*'] } }] },
      policy: { enable: true, policies: { firewall: '/etc/rules' }, publicKey: 'RWQ' },
    });
    expect(capabilities).toMatchObject({
      socketProxy: { sockets: [] },
      dbusProxy: { proxies: [] },
      policy: { enable: false, policies: new Map() },
    });
    expect(warnings).toEqual([
      expect.stringMatching(/^capabilities\.socketProxy\.sockets\[0\]\.permittedSource: .*; this entry is left out$/),
      expect.stringMatching(/^capabilities\.dbusProxy\.proxies\[0\]\.filter\.talk\[0\]: .*; this entry is left out$/),
      expect.stringMatching(/^capabilities\.policy\.publicKey: .*; the capability stays off$/),
    ]);
  });

  it.each([
    ['rules', { accessControl: { enable: true, rulesFile: 7 } }, 'accessControl.rulesFile: '],
    ['revocations', { network: { ...minimal.network, tls: { revocationsPath: 7 } } }, 'network.tls.revocationsPath: '],
    ['TLS', { network: { ...minimal.network, tls: { enable: 'yes' } } }, 'network.tls.enable: '],
  ])('is refused for a mistake in its %s, without which everything would be open', (_, part, path) => {
    expect(() => parseAgentConfig({ ...minimal, ...part })).toThrow(path);
  });

  it('leaves out sockets that are switched off or in the way of others, and uses the rest', () => {
    const served = { transport: transport('gui-vm', '9010'), server: true, socket: '/run/a.sock' };
    const made = { transport: transport('gui-vm', '9011'), socket: '/run/b.sock' };
    const { capabilities, warnings } = withCapabilities({
      socketProxy: {
        enable: true,
        sockets: [
          { transport: {}, server: true, socket: '/run/off.sock' },
          served,
          { ...served, socket: '/run/c.sock' },
          { ...served, transport: transport('gui-vm', '9000') },
          made,
          { ...made, transport: transport('gui-vm', '9012') },
          { ...served, transport: { name: 'gui-vm', protocol: 'unix', addr: '/run/x' } },
        ],
      },
    });
    expect(capabilities.socketProxy.sockets.map(({ socket }) => socket)).toEqual(['/run/a.sock', '/run/b.sock']);
    expect(warnings).toEqual(
      [
        'the entry of /run/off.sock names no peer in its transport',
        '127.0.0.1:9010 is used by an earlier entry or by the agent itself',
        '127.0.0.1:9000 is used by an earlier entry or by the agent itself',
        '/run/b.sock is used by an earlier entry or by the agent itself',
        "a server needs a port in this agent's own address (127.0.0.1:9000) and in the transport's (/run/x)",
      ].map((problem) => `capabilities.socketProxy.sockets: ${problem}; this entry is left out`),
    );
  });

  it('takes an empty string of an optional setting for one that is not set', () => {
    const { capabilities, access, warnings } = parseAgentConfig({
      ...minimal,
      network: { ...minimal.network, tls: { revocationsPath: '', caCertPath: '' } },
      capabilities: {
        vmServices: { adminVm: '', systemVms: '' },
        hwid: { enable: true, interface: '' },
        notifier: { enable: true, socket: '' },
        policy: { enable: true, storePath: '', publicKey: '' },
        eventProxy: {},
      },
    });
    expect(warnings).toEqual([]);
    expect(access).toMatchObject({ revocations: undefined, tls: { ca: '/etc/givc/ca-cert.pem' } });
    expect(capabilities).toMatchObject({
      vmServices: { adminVm: undefined, systemVms: [] },
      notifier: { enable: true, socket: '/run/log/journal-notifier' },
      policy: { enable: true, storePath: '/etc/policies', publicKey: undefined },
    });
  });

  it('has commands that are command lines, split at spaces without any quoting', () => {
    const command = (text: string) => withCapabilities({ applications: [{ name: 'x', command: text }] });
    expect(command(`/opt/x --app=https://o.example/mail/  -f 'a b'`).capabilities.applications[0]!.command).toEqual([
      '/opt/x',
      '--app=https://o.example/mail/',
      '-f',
      "'a",
      "b'",
    ]);
    for (const wrong of ['opt/x --y', '', ' ', '--app=/x', '/opt/x\0'])
      expect(command(wrong)).toMatchObject({
        capabilities: { applications: [] },
        warnings: [expect.stringMatching(/^capabilities\.applications\[0\]\.command: invalid command /)],
      });
  });

  it('warns of an application whose program is not there when the file is read', () => {
    const folder = mkdtempSync(join(tmpdir(), 'givc-agent-config-'));
    const file = join(folder, 'agent.json');
    const applications = [
      { name: 'there', command: '/bin/sh -c true' },
      { name: 'gone', command: '/nonexistent/x --y' },
      { name: 'folder', command: '/usr' },
      { name: 'text', command: '/etc/passwd' },
    ];
    writeFileSync(file, JSON.stringify({ ...minimal, capabilities: { applications } }));
    const { capabilities, warnings } = readAgentConfig(file);
    rmSync(folder, { recursive: true });
    expect(capabilities.applications).toHaveLength(4);
    expect(warnings).toEqual([
      expect.stringContaining('/nonexistent/x of "gone" cannot be executed (ENOENT)'),
      'capabilities.applications: /usr of "folder" is not a file',
      expect.stringContaining('/etc/passwd of "text" cannot be executed (EACCES)'),
    ]);
  });

  it.each([
    ['a name that is a way out', { policies: { '../x': '' } }, 'policies["../x"]: "../x" is no name of a policy'],
    [
      'a name that the store needs itself',
      { policies: { 'policies.json': '' } },
      'policies["policies.json"]: the store has a file',
    ],
    [
      'a destination that is a way out',
      { policies: { a: '/etc/../root/x' } },
      'policies.a: an absolute path of a file',
    ],
    ['a destination from nowhere', { policies: { a: 'rules.json' } }, 'policies.a: an absolute path of a file'],
    ['a destination that is a folder', { policies: { a: '/etc/' } }, 'policies.a: an absolute path of a file'],
    [
      'two policies for one file',
      { policies: { a: '/x', b: '/x' } },
      'policies.a: another policy has the destination /x',
    ],
    ['no room for any', { maxBytes: 0 }, 'maxBytes: 0 is no number of bytes'],
    ['a key that is none', { publicKey: 'RWQ' }, 'publicKey: it is no public key of minisign'],
  ])('refuses policies with %s', (_, policy, message) => {
    const { warnings } = withCapabilities({ policy: { enable: true, ...policy } });
    expect(warnings[0]).toContain(`capabilities.policy.${message}`);
  });

  it('leaves unread what is off, and reads it when it is on', () => {
    const proxies = (enable: boolean) => ({
      eventProxy: { enable, events: [{ transport: {}, device: 'Mouse' }] },
      socketProxy: { enable, sockets: [{ transport: {}, server: true, socket: '/tmp/.dbusproxy.sock' }] },
    });
    expect(withCapabilities(proxies(false)).capabilities.socketProxy).toEqual({ enable: false, sockets: [] });
    expect(withCapabilities(proxies(true)).warnings).toContainEqual(
      expect.stringContaining('the entry of /tmp/.dbusproxy.sock names no peer'),
    );
  });

  it('warns of what has no effect', () => {
    const value = parseAgentConfig({
      ...minimal,
      capabilities: { exec: { enable: true }, eventProxy: { enable: true }, teleport: {} },
    });
    expect(value.warnings).toEqual([
      'capabilities.teleport: unknown key',
      expect.stringContaining('capabilities.eventProxy.enable: this build does not have it'),
      expect.stringMatching(/^capabilities\.exec\.commands: none is listed, so only admin-vm may run "ota-update get"/),
    ]);
  });

  it.each([
    ['commands[0].command: an absolute path is needed', { command: 'id' }],
    ['commands[0].args: "..." stands only at the end', { command: '/bin/id', args: ['...', 'a'] }],
    ['commands[0].args: "..." stands only at the end', { command: '/bin/id', args: [['-a', '...']] }],
    ['commands[0].args[0]: ', { command: '/bin/id', args: [[]] }],
    ['commands[0].args: at most 64 patterns', { command: '/bin/id', args: Array(65).fill('a') }],
    ['commands[0].users[0]: "-x" is no name of a user', { command: '/bin/id', users: ['-x'] }],
    ['commands[0].environment[0]: "A=" is no name of a variable', { command: '/bin/id', environment: ['A='] }],
    ['commands[0].environment[0]: whoever sets LD_PRELOAD', { command: '/bin/id', environment: ['LD_PRELOAD'] }],
    ['commands[0].environment[0]: whoever sets PATH', { command: '/bin/id', environment: ['PATH'] }],
    ['commands[0].directories[0]: an absolute path', { command: '/bin/id', directories: ['tmp'] }],
  ])('of commands is closed for %s', (message, command) => {
    const { capabilities, warnings } = withCapabilities({ exec: { enable: true, commands: [command] } });
    expect(warnings[0]).toContain(`capabilities.exec.${message}`);
    expect(capabilities.exec.commands).toEqual([]);
  });

  it.each([0, 1.5, 1_001])('keeps exec off with %d commands at the same time', (maxRunning) => {
    const { capabilities, warnings } = withCapabilities({ exec: { enable: true, maxRunning } });
    expect(warnings).toEqual([
      `capabilities.exec.maxRunning: ${maxRunning} is no whole number from 1 to 1000; the capability stays off`,
    ]);
    expect(capabilities.exec.enable).toBe(false);
  });

  it('permits updates where no command is listed, and nothing where all that were listed have a mistake', () => {
    const exec = (commands: unknown) => withCapabilities({ exec: { enable: true, commands } });
    for (const unlisted of [undefined, null, [], ''])
      expect(exec(unlisted).capabilities.exec).toMatchObject({ commands: [], isUnlisted: true });
    expect(exec([{ command: 'id' }]).capabilities.exec).toMatchObject({ commands: [], isUnlisted: false });
    expect(exec([{ command: 'id' }]).warnings).toEqual([expect.stringContaining('this entry is left out')]);
  });

  it('names the rules and the revocations that are followed', () => {
    const { access } = parseAgentConfig({
      ...minimal,
      network: { ...minimal.network, tls: { revocationsPath: '/etc/givc/revoked' } },
      accessControl: { enable: true },
    });
    expect(access).toMatchObject({ revocations: '/etc/givc/revoked', rules: '/etc/givc-agent-acl/rules.cedar' });
  });

  const full = {
    ...minimal,
    network: { ...minimal.network, tls: { enable: false, caCertPath: '/ca', certPath: '/cert', keyPath: '/key' } },
    capabilities: {
      services: ['web.service', 'poweroff.target'],
      vmServices: { adminVm: 'microvm@admin-vm.service', systemVms: ['microvm@net-vm.service'], appVms: [] },
      applications: [
        { name: 'chromium', command: '/bin/chromium', args: ['url', 'flag', 'file'], directories: ['/a'] },
      ],
      exec: {
        enable: true,
        commands: [
          {
            command: '/bin/log',
            args: ['show', ['--since', '*'], '...'],
            users: ['root'],
            environment: ['TERM'],
            directories: ['/var/log'],
          },
        ],
        maxRunning: 4,
      },
      hwid: { enable: true, interface: 'wlan0' },
      notifier: { enable: false, socket: '/run/log' },
      eventProxy: { enable: true, events: [{ transport: transport('a', '1'), consumer: {}, device: 'Mouse' }] },
      socketProxy: { enable: true, sockets: [{ transport: transport('a', '1'), server: true, socket: '/a.sock' }] },
      policy: { enable: true, storePath: '/etc/policies', policies: { firewall: '/etc/rules.json' } },
    },
    accessControl: { enable: false, rulesFile: '/rules' },
  };

  type Step = string | number;

  /** Every place in a value of JSON, by the way to it. */
  const placesOf = (value: unknown, way: readonly Step[] = []): (readonly Step[])[] => [
    way,
    ...(Array.isArray(value)
      ? value.flatMap((item, index) => placesOf(item, [...way, index]))
      : typeof value === 'object' && value !== null
        ? Object.entries(value).flatMap(([key, inner]) => placesOf(inner, [...way, key]))
        : []),
  ];

  /** A copy that has something else there. */
  function withOther(value: unknown, [step, ...rest]: readonly Step[], other: unknown): unknown {
    if (step === undefined) return other;
    const copy = (Array.isArray(value) ? [...(value as unknown[])] : { ...(value as object) }) as Record<Step, unknown>;
    copy[step] = withOther(copy[step], rest, other);
    return copy;
  }

  const oddKeys = fc.constantFrom('__proto__', 'constructor', 'enable', 'transport', 'a.b', 'a\nb', '');
  const anything = fc.oneof(
    fc.constantFrom<unknown>(
      null,
      '',
      0,
      -1,
      1.5,
      8,
      14,
      1e308,
      true,
      [],
      {},
      'a\0b',
      '/',
      '../x.service',
      'x@.service',
    ),
    fc.string({ unit: 'binary' }),
    fc.jsonValue(),
    fc
      .tuple(oddKeys, fc.jsonValue())
      .map(([key, inner]) => JSON.parse(`{${JSON.stringify(key)}:${JSON.stringify(inner)}}`) as unknown),
  );

  it('is right, or is refused with a path for every mistake, whatever stands in any place of it', () => {
    expect(() => parseAgentConfig(full)).not.toThrow();
    const change = fc.tuple(fc.constantFrom(...placesOf(full)), anything);
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 3 }), (changes) => {
        const input = changes.reduce<unknown>((value, [way, other]) => {
          try {
            return withOther(value, way, other);
          } catch {
            // The way to this place is gone with an earlier change.
            return value;
          }
        }, full);
        try {
          const value = parseAgentConfig(input);
          expect(value.unit).toMatch(/^givc-[A-Za-z0-9._-]+\.service$/);
          for (const { command, directories } of value.capabilities.applications)
            for (const path of [command[0], ...directories]) expect(path).toMatch(/^\/[^\0]*$/);
          for (const warning of value.warnings)
            expect(warning).toMatch(/^([^\s:][^\n]*: [^\n]+|and \d+ more mistakes?)$/);
        } catch (error) {
          if (!(error instanceof GivcError)) throw error;
          expect(error.reason).toBe('INVALID_ARGUMENT');
          for (const line of error.message.split('\n'))
            expect(line).toMatch(
              /^((the configuration|(identity|network|capabilities|accessControl)([.[][^\n]*)?): [^\n]|and \d+ more mistakes?$)/,
            );
        }
      }),
      { numRuns: 3000 },
    );
  });

  it('is refused when it is JSON of any other shape', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (input) => {
        expect(() => parseAgentConfig(input)).toThrow(GivcError);
      }),
    );
  });
});
