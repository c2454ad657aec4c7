// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { join } from 'node:path';
import type { Command } from 'commander';
import {
  invalid,
  quoted,
  vmOfAgentUnit,
  vmOfVmUnit,
  vmUnit,
  type Address,
  type UnitName,
  type VmName,
} from '@givc/model';
import type { Setting, SettingFormat } from '@givc/config';
import { logWarnings, optionSettings, requireOption, withVariables } from '@givc/daemon';
import type { Level } from '@givc/log';
import type { AccessFiles } from '@givc/access';
import type { MetricsAddress } from '@givc/metrics';
import type { TlsFiles } from '@givc/rpc';
import { adminCommand, type AdminFlags } from './admin.flags.js';
import type { CtapConfig } from './ctap/ctap.config.js';
import type { HistoryConfig } from './history/history.config.js';
import type { LifecycleConfig } from './lifecycle/lifecycle.config.js';
import type { LivenessConfig } from './liveness/liveness.config.js';
import { policiesSettings, readPoliciesConfig, type PoliciesConfig } from './policies/policies.config.js';
import type { RegistryConfig } from './registry/registry.config.js';
import type { SettingsConfig } from './system/system.config.js';

/** The configuration of an admin, read once from its flags and variables. */
export class AdminConfig implements RegistryConfig, LifecycleConfig, LivenessConfig, CtapConfig {
  readonly listen!: readonly Address[];
  readonly access!: AccessFiles;
  readonly name!: VmName;
  readonly hostName!: VmName | undefined;
  readonly services!: readonly string[];
  readonly agentSockets!: readonly string[];
  readonly bootLimitMs!: number;
  readonly monitoring!: boolean;
  readonly ctapVm!: VmName;
  readonly settings!: SettingsConfig;
  /** The file of the registry; undefined when the registry is not kept. */
  readonly stateDirectory!: string | undefined;
  /** Undefined when no history is kept. */
  readonly history!: HistoryConfig | undefined;
  /** The policies of the VMs; undefined when this admin sends none. */
  readonly policies!: PoliciesConfig | undefined;
  /** The address of the metrics; undefined when they are not served. */
  readonly metrics!: MetricsAddress | undefined;
  readonly logLevel!: Level;
  /** Defined when the configuration is only checked; `files`: whether the named files are read. */
  readonly check?: { readonly files: boolean };
  /** Defined when the configuration is only printed. */
  readonly printed?: { readonly format: SettingFormat; readonly settings: readonly Setting[] };
  /** A warning for each setting that has no effect or is left out. */
  readonly warnings!: readonly string[];

  constructor(values: AdminConfig) {
    Object.assign(this, values);
  }
}

function tlsOf(flags: AdminFlags): TlsFiles | undefined {
  if (!flags.tls) return undefined;
  const { caCert: ca, hostCert: cert, hostKey: key } = flags;
  if (ca && cert && key) return { ca, cert, key };
  const missing = [
    ca ? [] : '--ca-cert (CA_CERT)',
    cert ? [] : '--host-cert (HOST_CERT)',
    key ? [] : '--host-key (HOST_KEY)',
  ].flat();
  throw invalid('--tls (TLS)', `requires ${missing.join(', ')}`);
}

/** Warns of settings that have no effect while TLS is off. */
function tlsWarnings({ tls, caCert, hostCert, hostKey, listen, accessControl, revocations }: AdminFlags): string[] {
  if (tls) return [];
  const isOverNetwork = listen.some(({ protocol }) => protocol === 'tcp');
  const isNamed = [caCert, hostCert, hostKey].some(Boolean);
  const off = isNamed ? 'TLS is off although certificates are named' : 'TLS is off';
  return [
    ...(isOverNetwork ? [`${off}: every call is in plain text and unauthenticated; set TLS=true`] : []),
    ...(accessControl
      ? [
          '--access-control (ACCESS_CONTROL): TLS is off, so callers have no name, and no rule that names one permits it',
        ]
      : []),
    ...(revocations ? ['--revocations (GIVC_REVOCATIONS): TLS is off, so nothing is revoked'] : []),
  ];
}

/**
 * The VM units that the names stand for: `givc-net-vm.service` is the agent of a VM, `microvm@net-vm.service` its unit.
 */
function managedUnits(names: readonly string[]): { readonly units: UnitName[]; readonly warnings: string[] } {
  const units: UnitName[] = [];
  const warnings: string[] = [];
  for (const name of names) {
    const vm = vmOfAgentUnit(name as UnitName) ?? vmOfVmUnit(name as UnitName);
    if (vm) units.push(vmUnit(vm));
    else
      warnings.push(`--services (SERVICES): invalid VM ${quoted(name)}: expected givc-X.service or microvm@X.service`);
  }
  return { units, warnings };
}

/** systemd.exec(5) may list several directories, separated by colons. */
const stateDirectoryOf = ({ stateDirectory }: AdminFlags): string | undefined =>
  stateDirectory?.split(':')[0] || undefined;

function historyOf(flags: AdminFlags): HistoryConfig | undefined {
  const stateDirectory = stateDirectoryOf(flags);
  if (!stateDirectory || flags.historySize === 0) return undefined;
  return { folder: join(stateDirectory, 'history'), maxBytes: flags.historySize * 1_024 * 1_024 };
}

function policiesOf(flags: AdminFlags): ReturnType<typeof readPoliciesConfig> | undefined {
  if (!flags.policyAdmin) return undefined;
  const { policyConfig, policyStore } = flags;
  const stateDirectory = stateDirectoryOf(flags);
  const store = policyStore || (stateDirectory && join(stateDirectory, 'policies'));
  if (!store) throw invalid('--policy-admin (POLICY_ADMIN)', 'requires --policy-store (POLICY_STORE)');
  return readPoliciesConfig(policyConfig || '{}', store);
}

/** Throws INVALID_ARGUMENT, or commander's error after it has printed a message (`exitCode` is the exit status). */
export const readAdminConfig = (argv: readonly string[]): AdminConfig => configOf(adminCommand(), argv);

const settingsOf = (parsed: Command): Setting[] => optionSettings(parsed, ['check', 'files', 'printConfig']);

/** The flags and variables in force with these variables. Throws as `readAdminConfig`, and prints nothing. */
export const adminFlagSettings = (argv: readonly string[], environment: NodeJS.ProcessEnv): readonly Setting[] =>
  withVariables(environment, adminCommand, (command) => {
    configOf(command, argv);
    return settingsOf(command);
  });

function configOf(command: Command, argv: readonly string[]): AdminConfig {
  const parsed = command.parse(argv, { from: 'user' });
  requireOption(parsed, 'listen', '--listen <address>');
  const flags = parsed.opts<AdminFlags>();
  if (flags.accessControl && !flags.cedarFile)
    throw invalid('--access-control (ACCESS_CONTROL)', 'requires --cedar-file (CEDAR_FILE)');
  const policies = policiesOf(flags);
  const services = managedUnits(flags.services);
  return new AdminConfig({
    listen: flags.listen,
    access: {
      tls: tlsOf(flags),
      revocations: flags.revocations,
      rules: flags.accessControl ? flags.cedarFile : undefined,
      audit: flags.audit,
    },
    name: flags.name,
    hostName: flags.hostName,
    ctapVm: flags.ctapVm,
    monitoring: flags.monitoring,
    stateDirectory: stateDirectoryOf(flags),
    bootLimitMs: flags.bootLimit * 1_000,
    services: services.units,
    agentSockets: flags.agentSocket ?? [],
    settings: {
      localeFile: flags.localeFile,
      timezoneFile: flags.timezoneFile,
      zoneDatabase: flags.zoneDatabase,
    },
    history: historyOf(flags),
    policies: policies?.value,
    metrics: flags.metrics,
    logLevel: flags.log.level,
    ...(flags.check && { check: { files: flags.files } }),
    ...(flags.printConfig && {
      printed: {
        format: flags.printConfig,
        settings: [
          ...settingsOf(parsed),
          ...(policies?.value.file === undefined ? [] : policiesSettings(policies.value.file)),
        ],
      },
    }),
    warnings: [
      ...logWarnings(flags.log, parsed.getOptionValueSource('log')),
      ...services.warnings,
      ...tlsWarnings(flags),
      ...(policies?.warnings.map((warning) => `--policy-config: ${warning}`) ?? []),
    ],
  });
}
