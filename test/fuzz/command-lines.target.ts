// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { CommanderError } from 'commander';
import fc from 'fast-check';
import { formatAddress, parseListenAddress, parseVmName } from '@givc/model';
import { readAdminConfig, type AdminConfig } from '../../apps/admin/src/admin.config.js';
import { readAgentFlags } from '../../apps/agent/src/agent.flags.js';
import { requirePlain, requireRejection } from './engine/requirements.js';
import { target } from './engine/target.js';
import { texts } from './engine/texts.js';
import { withVariables } from './engine/variables.js';

/** The result of a daemon's command line; `usage` is what it prints before it exits with the status. */
type Outcome<Config> =
  | { readonly config: Config; readonly printed: string }
  | { readonly error: unknown; readonly printed: string }
  | { readonly exitStatus: number; readonly printed: string };

const run = <Config>(read: () => Config, variables: Readonly<Record<string, string>> = {}): Outcome<Config> =>
  withVariables(variables, (printed) => {
    try {
      const config = read();
      return { config, printed: printed() };
    } catch (error) {
      if (error instanceof CommanderError) return { exitStatus: error.exitCode, printed: printed() };
      return { error, printed: printed() };
    }
  });

/** Bad usage is reported in one line; help and version are printed only on request; otherwise nothing is printed. */
function requireUsage(program: string, outcome: Outcome<unknown>, argv: readonly string[]): void {
  if (!('exitStatus' in outcome)) {
    assert.equal(outcome.printed, '', 'it prints something');
    if ('error' in outcome)
      requireRejection(outcome.error, { reasons: ['INVALID_ARGUMENT'], messageMax: 22_000, hasLines: true }, []);
    return;
  }
  const { exitStatus, printed } = outcome;
  if (exitStatus === 0)
    return assert(
      argv.some((arg) => /^--?(h|help|V|version)/.test(arg)),
      'it is not an answer to this',
    );
  assert.equal(exitStatus, 1);
  assert(printed.startsWith(`${program}: `) && printed.endsWith(`; see "${program} --help"\n`), printed);
  requirePlain(printed.slice(0, -1), 'what is printed');
  assert(printed.length <= 1_400, `it prints ${printed.length} characters`);
}

/** The options of the admin, each with its variable and sample values. */
const options: Readonly<Record<string, readonly [variable: string, ...values: string[]]>> = {
  listen: ['LISTEN', '10.0.0.1:9001', '/run/a.sock', 'unix:///run/b.sock', '[::1]:1,vsock:3:9001'],
  tls: ['TLS', 'true', 'false', '1', 'off'],
  'ca-cert': ['CA_CERT', '/etc/givc/ca-cert.pem'],
  'host-cert': ['HOST_CERT', '/etc/givc/cert.pem'],
  'host-key': ['HOST_KEY', '/etc/givc/key.pem'],
  revocations: ['GIVC_REVOCATIONS', '/etc/givc/revoked'],
  monitoring: ['GIVC_MONITORING', 'true', 'no'],
  'access-control': ['ACCESS_CONTROL', 'true', 'false'],
  'cedar-file': ['CEDAR_FILE', '/etc/givc/rules.cedar'],
  audit: ['GIVC_AUDIT', '/var/log/audit'],
  metrics: ['GIVC_METRICS', '127.0.0.1:9100', '/run/m.sock'],
  'policy-admin': ['POLICY_ADMIN', 'true', 'false'],
  'policies.config': ['POLICY_CONFIG', '{}', '{"source":{"type":"per-policy"},"policies":{}}', '{"policies":[]}'],
  'policy-store': ['POLICY_STORE', '/var/lib/policies'],
  name: ['NAME', 'admin-vm'],
  'host-name': ['GIVC_HOST_NAME', 'ghaf-host'],
  'ctap-vm': ['GIVC_CTAP_VM', 'gui-vm'],
  'agent-socket': ['GIVC_AGENT_SOCKETS', '/run/a.sock', '@b,/run/c.sock'],
  type: ['TYPE', '4', '14'],
  subtype: ['SUBTYPE', '5'],
  services: ['SERVICES', 'microvm@net-vm.service givc-gui-vm.service, web.service'],
  'state-directory': ['STATE_DIRECTORY', '/var/lib/givc:/b'],
  'locale-file': ['GIVC_LOCALE_FILE', '/etc/locale.conf'],
  'timezone-file': ['GIVC_TIMEZONE_FILE', '/etc/timezone.conf'],
  'zone-database': ['TZDIR', '/usr/share/zoneinfo'],
  'boot-limit': ['GIVC_BOOT_LIMIT', '30', '9999'],
};
const [isListening, isOther] = ['listen', Object.keys(options)] as const;

type Setting = readonly [option: string, value: string];

/** A variable never contains NUL, and an empty variable counts as unset. */
const settingOf = (option: string): fc.Arbitrary<Setting> => {
  const [, ...values] = options[option]!;
  const value = fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...values) }, { weight: 1, arbitrary: texts(values) });
  return value.map((text): Setting => [option, text.replaceAll('\0', '') || values[0]!]);
};

const settings = fc
  .tuple(
    fc.option(settingOf(isListening), { freq: 9 }),
    fc.array(fc.constantFrom(...isOther).chain(settingOf), { maxLength: 6 }),
  )
  .map(([listen, others]) => [...new Map([...others, ...(listen ? [listen] : [])]).entries()]);

export const adminSettings = target({
  ...{
    name: 'admin-settings',
    parses: 'readAdminConfig of apps/admin: its flags and variables, which mean the same',
    rejection: 'never',
  },
  input: settings,
  outputMax: 4 * 1024 * 1024,
  parse: (all) => ({
    byFlags: run(() => readAdminConfig(all.map(([option, value]) => `--${option}=${value}`))),
    byVariables: run(
      () => readAdminConfig([]),
      Object.fromEntries(all.map(([option, value]) => [options[option]![0], value])),
    ),
  }),
  accepted: ({ byFlags, byVariables }, all) => {
    for (const outcome of [byFlags, byVariables]) requireUsage('givc-admin', outcome, []);
    if (!('config' in byFlags && 'config' in byVariables))
      return assert('config' in byFlags === 'config' in byVariables, 'a flag and its variable differ');
    assert.deepEqual(byFlags.config, byVariables.config);
    requireConfig(byFlags.config, new Map(all));
  },
});

function requireConfig(config: AdminConfig, given: ReadonlyMap<string, string>): void {
  const { listen, access, name, hostName, ctapVm, services, agentSockets, bootLimitMs, warnings } = config;
  assert(given.has('listen') && listen.length > 0, 'it listens nowhere');
  for (const address of listen) assert.deepEqual(parseListenAddress('listen', formatAddress(address)), address);
  for (const vm of [name, ctapVm, ...(hostName === undefined ? [] : [hostName])]) parseVmName('name', vm);
  assert(bootLimitMs >= 1_000 && bootLimitMs < 10_000_000 && bootLimitMs % 1_000 === 0, `${bootLimitMs} ms`);
  for (const unit of services) assert.match(unit, /^microvm@[A-Za-z0-9][A-Za-z0-9._-]*\.service$/);
  for (const socket of agentSockets) assert.match(socket, /^[/@][^\s,]+$/);
  const isOn = (option: string) => /^(true|1|yes|on)$/i.test(given.get(option) ?? '');
  assert.equal(access.tls !== undefined, isOn('tls'));
  assert.equal(access.rules, isOn('access-control') ? given.get('cedar-file') : undefined);
  for (const file of Object.values<string>({ ...access.tls })) assert([...given.values()].includes(file), file);
  for (const warning of warnings) {
    requirePlain(warning, 'a warning');
    assert(warning.length <= 2_500, `a warning has ${warning.length} characters`);
  }
}

const words = [
  ...['--listen', '/a', '--tls', '--tls=', '--help', '-V', '--', '--lisen', '-listen', '--no-tls', '--listen=', '-x'],
  ...['--config', '-config', '-config=a.json', '-debug', '--log=givc=debug', '--metrics', '127.0.0.1:1', '--audit'],
];
const argv = fc.array(fc.oneof(fc.constantFrom(...words), texts(words)), { maxLength: 6 });

export const adminArguments = target({
  ...{ name: 'admin-arguments', parses: 'readAdminConfig of apps/admin: any arguments', rejection: 'never' },
  input: argv,
  outputMax: 4 * 1024 * 1024,
  parse: (all) => run(() => readAdminConfig(all)),
  accepted: (outcome, all) => requireUsage('givc-admin', outcome, all),
});

export const agentArguments = target({
  ...{ name: 'agent-arguments', parses: 'readAgentFlags of apps/agent: any arguments', rejection: 'never' },
  input: argv,
  outputMax: 4 * 1024 * 1024,
  parse: (all) => run(() => readAgentFlags(all)),
  accepted: (outcome, all) => {
    requireUsage('givc-agent', outcome, all);
    if (!('config' in outcome)) return;
    const { config, debug, logLevel, warnings } = outcome.config;
    // A value that looks like one of the contract's flags, which begin with one dash, gets a second dash, too.
    const ends = (arg: string) => arg.replace(/^-+/, '').endsWith(config.replace(/^-+/, ''));
    assert(all.some(ends), 'it is not one of the arguments');
    if (debug) assert.equal(logLevel, 'debug');
    for (const warning of warnings) requirePlain(warning, 'a warning');
  },
});
