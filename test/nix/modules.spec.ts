// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { readFileSync } from 'node:fs';
import { parseAgentConfig } from '../../apps/agent/src/agent.config.js';
import { readPoliciesConfig } from '../../apps/admin/src/policies/policies.config.js';
import {
  evaluate,
  fileIn,
  ghafFile,
  isEvaluable,
  partsOf,
  plain,
  type Evaluation,
  type Scenario,
} from './evaluation.js';

if (!isEvaluable)
  process.stderr.write(
    'SKIPPED: test/nix evaluates the modules of nix/ where nix-instantiate is, and NIXPKGS_LIB names a folder with the lib of nixpkgs\n',
  );

(isEvaluable ? describe : describe.skip)('the NixOS modules', () => {
  let evaluation: Evaluation;
  beforeAll(() => {
    evaluation = evaluate();
  });
  const scenario = (name: string): Scenario => evaluation.scenarios[name]!;
  const service = (name: string, unit: string) => scenario(name).system.services[unit]!;
  const configOf = (name: string, file = 'givc-agent/config.json'): unknown => JSON.parse(scenario(name).etc[file]!);
  const rulesOf = (name: string, unit: string) =>
    fileIn(Object.values(scenario(name).etc).join('\n'), `${unit}-rules.cedar`);
  const ordinary = () =>
    Object.entries(evaluation.scenarios).filter(
      ([name]) => !['mistakes', 'wrongWords', 'noBus', 'twoAgents'].includes(name),
    );

  it('define nothing while none is enabled, and may be imported twice', () => {
    expect(evaluation.nothing).toMatchObject({ etc: {}, failed: [], ports: [], tmpfiles: [], systemPackages: [] });
    expect({ ...evaluation.nothing.system.services, ...evaluation.nothing.user.services }).toEqual({});
    expect(evaluation.twice).toBe(6);
  });

  it('have the options that nix/options.json has for the documentation (scripts/nix-options.ts writes it)', () => {
    expect(JSON.parse(readFileSync('nix/options.json', 'utf8'))).toEqual(evaluation.options);
  });

  it('pass their assertions in every configuration that can work', () => {
    expect(ordinary().map(([name, { failed }]) => [name, failed])).toEqual(ordinary().map(([name]) => [name, []]));
  });

  describe.each([
    ['ghaf-admin-vm', 'admin-vm', 'admin-vm'],
    ['ghaf-host', 'host', 'ghaf-host'],
    ['ghaf-net-vm', 'net-vm', 'net-vm'],
    ['ghaf-gui-vm', 'gui-vm', 'gui-vm'],
    ['ghaf-app-vm', 'chrome-vm', 'chrome-vm'],
  ])('the modules on the machine %s of Ghaf', (name, machine, vm) => {
    it('write the configuration that the modules of the original write', () => {
      expect(configOf(name)).toEqual(JSON.parse(ghafFile(machine, 'config.json')));
    });

    it('write rules that mean what those of the original mean, and one for the admin', () => {
      const ofAdmin = 'permit ... Source::"admin-vm" Module::"doctor" Module::"history" Module::"resources"';
      expect(partsOf(rulesOf(name, `givc-${vm}`))).toEqual(
        partsOf(`${ghafFile(machine, 'agent-rules.cedar')}\n${ofAdmin}`),
      );
    });

    it('write nothing that the agent rejects', () => {
      expect(parseAgentConfig(configOf(name)).warnings.join('\n')).not.toMatch(/left out|stays off|unknown/);
    });
  });

  it('give the admin of Ghaf the variables and rules that the modules of the original give it', () => {
    const { environment } = service('ghaf-admin-vm', 'givc-admin');
    const lines = ghafFile('admin-vm', 'environment').trim().split('\n');
    const expected = Object.fromEntries(lines.map((line) => [line.split('=')[0]!, line.slice(line.indexOf('=') + 1)]));
    const { POLICY_CONFIG: policies, ...others } = expected;
    expect(environment).toMatchObject(others);
    expect(Object.keys(others)).toHaveLength(12);
    expect(JSON.parse(environment!['POLICY_CONFIG']!)).toEqual(JSON.parse(policies!));
    expect(partsOf(rulesOf('ghaf-admin-vm', 'givc-admin'))).toEqual(partsOf(ghafFile('admin-vm', 'admin-rules.cedar')));
  });

  it('open the ports of agents, proxies and the admin', () => {
    expect(scenario('ghaf-admin-vm').ports).toEqual([9000, 9001]);
    expect(scenario('ghaf-gui-vm').ports).toEqual([9000, 9010, 9011, 9012, 9013]);
    expect(scenario('everyOption').ports).toEqual([9001, 9003, 9004, 9005, 9111, 9112, 9113, 9121, 9122, 9123]);
  });

  it('write the options that the original does not have, and permit the machine that such an option names', () => {
    expect(configOf('everyOption', 'givc-agent/sysvm/config.json')).toMatchObject({
      capabilities: {
        socketProxy: {
          sockets: [
            { permittedSource: 'chrome-vm', maxConnections: 20 },
            { owner: 'proxyuser', group: 'proxyuser', mode: '0700' },
          ],
        },
        eventProxy: { events: [{ producer: { grab: true }, consumer: { classes: ['keyboard'] } }] },
      },
    });
    expect(rulesOf('everyOption', 'givc-gui-vm')).toMatch(/"chrome-vm"[^;]*Module::"socketproxy"/);
  });

  it('start the daemons as units that report their readiness, start again, and find their files', () => {
    const { serviceConfig, after, partOf, wantedBy } = service('ghaf-net-vm', 'givc-net-vm');
    expect(serviceConfig).toMatchObject({
      Type: 'notify',
      NotifyAccess: 'all',
      Restart: 'on-failure',
      RestartSec: 1,
      TimeoutStopSec: 5,
      RestartPreventExitStatus: 2,
      ExecStart: '/nix/store/givc-admin-agent/bin/givc-agent -config /etc/givc-agent/config.json',
    });
    expect({ after, partOf, wantedBy }).toEqual({
      after: ['givc-setup.target'],
      partOf: ['givc-setup.target'],
      wantedBy: ['givc-setup.target'],
    });
    expect(service('ghaf-admin-vm', 'givc-admin').serviceConfig).toMatchObject({
      ExecStart: '/nix/store/givc-admin/bin/givc-admin --listen 192.168.100.10:9001',
      StateDirectory: 'givc',
    });
    expect(service('ghaf-host', 'givc-ghaf-host')).toMatchObject({
      after: ['givc-key-setup.service', 'network.target'],
      path: expect.arrayContaining(['nix', 'nixos-rebuild', 'openssh', 'ota-update']),
    });
    expect(scenario('ghaf-app-vm').user.services['givc-chrome-vm']).toMatchObject({
      wantedBy: ['default.target'],
      unitConfig: { ConditionUser: 1000 },
    });
    expect(scenario('ghaf-app-vm').polkit).toBe(true);
  });

  it('make copies of the certificates for users, a notifier and certificates of all machines', () => {
    const key = service('ghaf-host', 'givc-key-setup');
    expect(key).toMatchObject({ unitConfig: { ConditionPathExists: '!/etc/givc/tls.lock' } });
    const script = fileIn(String(key.serviceConfig!['ExecStart']), 'givc-key-setup');
    expect(script).toContain('issue net-vm --ip 192.168.100.1 --image ext4');
    expect(script).toMatch(/issue ghaf-host --ip 192\.168\.100\.2\n/);
    for (const name of ['ghaf-gui-vm', 'ghaf-app-vm'])
      expect(service(name, 'givc-user-key-setup').serviceConfig).toMatchObject({ Type: 'oneshot' });
    expect(scenario('ghaf-net-vm').system.services).not.toHaveProperty('givc-user-key-setup');
    expect(scenario('ghaf-gui-vm').user.sockets['event-notifier']).toMatchObject({
      listenStreams: ['/run/log/journal-notifier/user-%U.sock'],
      socketConfig: { Accept: true, SocketMode: '0660', SocketGroup: 'users' },
    });
    expect(scenario('ghaf-gui-vm').tmpfiles).toContain('d /run/log/journal-notifier 0770 root users -');
  });

  it('run the D-Bus proxies with one argument for each name, as the user that is named', () => {
    expect(plain(String(service('everyOption', 'givc-dbusproxy-system').serviceConfig!['ExecStart']))).toBe(
      '/nix/store/xdg-dbus-proxy/bin/xdg-dbus-proxy unix:path=/run/dbus/system_bus_socket /tmp/proxyuser.sock --filter ' +
        '--see=org.example.See --talk=org.example.Talk --own=org.example.Own ' +
        '--call=org.example.Call=org.example.Call.*@/org/example --broadcast=org.example.Broadcast=* --log',
    );
    expect(service('everyOption', 'givc-dbusproxy-system').serviceConfig!['User']).toBe('proxyuser');
    expect(scenario('everyOption').user.services['givc-dbusproxy-session']!.serviceConfig!['ExecStart']).toContain(
      'unix:path=/run/user/1001/bus /tmp/ghaf.sock',
    );
  });

  it('give each of two agents of one machine its own configuration, rules and audit log', () => {
    const { etc, system } = scenario('twoAgents');
    expect(Object.keys(etc).sort()).toEqual([
      'givc-agent-acl/host/rules.cedar',
      'givc-agent-acl/sysvm/rules.cedar',
      'givc-agent/host/config.json',
      'givc-agent/sysvm/config.json',
    ]);
    for (const [role, name] of [
      ['host', 'ghaf-host'],
      ['sysvm', 'ghaf-host-gui'],
    ] as const) {
      expect(configOf('twoAgents', `givc-agent/${role}/config.json`)).toMatchObject({
        identity: { name },
        accessControl: { rulesFile: `/etc/givc-agent-acl/${role}/rules.cedar` },
      });
      const { serviceConfig, environment } = system.services[`givc-${name}`]!;
      expect(serviceConfig!['ExecStart']).toContain(`-config /etc/givc-agent/${role}/config.json`);
      expect(environment!['GIVC_AUDIT']).toBe(`%L/givc-agent/${role}/audit.log`);
      expect(serviceConfig!['LogsDirectory']).toBe(`givc-agent/${role}`);
    }
  });

  it('have the files of agents and rules checked when the machine is built', () => {
    const [config] = service('ghaf-net-vm', 'givc-net-vm').restartTriggers!;
    expect(JSON.parse(fileIn(config!, 'config.json'))).toEqual(configOf('ghaf-net-vm'));
    expect(config).toContain('/bin/givc-agent');
    expect(scenario('ghaf-net-vm').etc['givc-agent-acl/rules.cedar']).toMatch(
      /bin\/givc-cli policy check \/nix\/store/,
    );
  });

  it('confine the units, except where a capability needs more and a configuration says so', () => {
    expect(service('ghaf-net-vm', 'givc-net-vm').serviceConfig).toMatchObject({
      ProtectSystem: 'strict',
      NoNewPrivileges: true,
      ReadWritePaths: ['/etc', '/run', '/tmp'],
    });
    expect(service('ghaf-admin-vm', 'givc-admin').serviceConfig).toMatchObject({
      ProtectHome: true,
      PrivateUsers: false,
      CapabilityBoundingSet: ['CAP_DAC_OVERRIDE CAP_FOWNER'],
    });
    expect(service('ghaf-host', 'givc-ghaf-host').serviceConfig).not.toHaveProperty('ProtectSystem');
    expect(service('otherPaths', 'givc-localhost').serviceConfig).toMatchObject({
      ProtectHome: false,
      PrivateDevices: false,
      ProtectClock: false,
    });
    expect(service('otherPaths', 'givc-admin').serviceConfig!['ExecStart']).toContain('--listen /tmp/admin.sock');
    expect(service('otherPaths', 'givc-admin').serviceConfig).toMatchObject({
      PrivateTmp: false,
      ReadWritePaths: ['/etc', '-/run/givc', '-/tmp', '-/srv/givc'],
    });
    expect(service('loosened', 'givc-admin').serviceConfig).toMatchObject({
      ProtectHome: 'read-only',
      ReadWritePaths: expect.arrayContaining(['/etc', '/srv']),
      NoNewPrivileges: true,
    });
    for (const unit of ['givc-admin', 'givc-localhost'])
      expect(service('unconfined', unit).serviceConfig).not.toHaveProperty('NoNewPrivileges');
  });

  it('hand certificates over as credentials where that is enabled', () => {
    const { serviceConfig, environment } = service('everyOption', 'givc-admin');
    expect(serviceConfig!['LoadCredential']).toContain('key.pem:/srv/key.pem');
    expect(environment!['HOST_KEY']).toBe('/run/credentials/givc-admin.service/key.pem');
    expect(configOf('everyOption', 'givc-agent/host/config.json')).toMatchObject({
      network: { tls: { keyPath: '/run/credentials/givc-ghaf-host.service/key.pem' } },
    });
    expect(service('ghaf-admin-vm', 'givc-admin').serviceConfig).not.toHaveProperty('LoadCredential');
  });

  it('write policies that the admin reads, with a file where a variable would be too long for NixOS', () => {
    const value = (name: string) => service(name, 'givc-admin').environment!['POLICY_CONFIG']!;
    const policies = (json: string) => readPoliciesConfig(json, '/store').value;
    expect(policies(value('everyOption').replaceAll('%%', '%')).source).toMatchObject({
      url: { url: 'https://example.org/policies%20of%20ours.git' },
      branch: 'main',
    });
    expect(plain(value('longPolicies'))).toBe('/nix/store/policies.json');
    expect(policies(fileIn(value('longPolicies'), 'policies.json')).policies.size).toBe(40);
    expect(value('loosened')).toBe('{}');
  });

  it('take ota-update from the original, and without it from a package whose build says what to do', () => {
    const { absent, present, packages, apps } = evaluation.flake;
    expect(plain(present)).toBe('/nix/store/ota-update-of-the-original');
    expect(absent).toMatch(
      /let inputs\.givc\.inputs\.ghaf-givc be github:tiiuae\/ghaf-givc, or remove what uses ota-update/,
    );
    expect(packages).toEqual(expect.arrayContaining(['ota-update', 'ota-update-server', 'ota-oras-push']));
    expect(plain(apps['ota-update']!)).toBe('/nix/store/ota-update/bin/ota-update');
    expect(scenario('ghaf-host').systemPackages.map(plain)).toContain('/nix/store/ota-update');
    expect(scenario('withoutUpdates').systemPackages.map(plain)).not.toContain('/nix/store/ota-update');
  });

  it('come with the packages, outputs and inputs of the original by their names', () => {
    const { modules, overlay, inputs, admin, programs } = evaluation.flake;
    const ofTests = ['adminvm', 'appvm', 'badvm', 'guivm', 'hostvm', 'updatevm', 'writable-storage'];
    expect(modules).toEqual([
      ...['admin', 'appvm', 'dbus', 'host', 'ota-update-server', 'sysvm'],
      ...ofTests.map((name) => `tests-${name}`),
      'tls',
    ]);
    expect(overlay).toEqual(
      expect.arrayContaining(['givc-admin', 'givc-agent', 'givc-cli', 'ota-update', 'givc-docs']),
    );
    expect(inputs).toEqual(expect.arrayContaining(['nixpkgs', 'crane', 'flake-parts', 'ghafpkgs', 'treefmt-nix']));
    expect(admin).toMatchObject({ cli: '/nix/store/givc-admin-cli', agent: '/nix/store/givc-admin-agent' });
    expect(programs).toEqual({ 'givc-admin': 'givc-admin', 'givc-agent': 'givc-agent', 'givc-cli': 'givc-cli' });
  });

  it('have a description of every option', () => {
    for (const option of ['givc.admin.policyAdmin.updater.gitURL.ref', 'services.ota-update-server.cachix'])
      expect(evaluation.flake.docs).toContain(`## ${option}\n`);
    expect(evaluation.flake.docs).not.toContain('(no description)');
  });
});
