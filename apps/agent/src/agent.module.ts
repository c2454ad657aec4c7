// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Module, type DynamicModule, type ValueProvider } from '@nestjs/common';
import { AccessModule, type Access } from '@givc/access';
import { PendingRestart } from '@givc/daemon';
import type { Log } from '@givc/log';
import { MetricsModule, type Metrics } from '@givc/metrics';
import { RpcModule, type GrpcServer, type ServiceName } from '@givc/rpc';
import { Systemd } from '@givc/systemd';
import { AgentConfig } from './agent.config.js';
import { ApplicationsConfig } from './applications/applications.config.js';
import { capabilityEntries, unconditional } from './capabilities.js';
import { AgentSettings } from './config/agent-settings.js';
import { UnitAllowlist } from './config/unit-allowlist.js';
import { DoctorModule } from './doctor/doctor.module.js';
import { RegistrationModule } from './registration/registration.module.js';
import { UnitMetricsModule } from './stats/unit-metrics.module.js';
import { UnitsModule } from './units/units.module.js';

const enabledBy = ({ capabilities }: AgentConfig) => [
  ...capabilityEntries
    .filter(([key, { isAlwaysOn }]) => isAlwaysOn || capabilities[key].enable)
    .map(([, capability]) => capability),
  ...unconditional,
];

/** The gRPC services that an agent with this configuration serves. */
export const servicesOf = (config: AgentConfig): readonly ServiceName[] => [
  'systemd.UnitControlService',
  'doctor.Doctor',
  ...enabledBy(config).flatMap(({ services }) => services),
];

/** Provides each part of the configuration under its own class. */
const configProviders = (config: AgentConfig): ValueProvider[] => [
  { provide: AgentConfig, useValue: config },
  { provide: AgentSettings, useValue: config.settings },
  { provide: UnitAllowlist, useValue: config.allowlist },
  { provide: ApplicationsConfig, useValue: config.applications },
  ...capabilityEntries.map(([key, { Config }]) => ({
    provide: Config,
    // The value of a key is the output of the schema of that key.
    useValue: new Config(config.capabilities[key] as never),
  })),
];

@Module({})
export class AgentModule {
  static register(
    config: AgentConfig,
    access: Access,
    server: GrpcServer,
    log: Log,
    systemd: Systemd,
    pending = new PendingRestart(),
    metrics?: Metrics,
  ): DynamicModule {
    const configured = configProviders(config);
    return {
      module: AgentModule,
      global: true,
      imports: [
        AccessModule.forDaemon(access),
        RpcModule.forServer(server, log),
        ...(metrics ? [MetricsModule.forDaemon(metrics), UnitMetricsModule] : []),
        RegistrationModule,
        UnitsModule,
        DoctorModule,
        ...enabledBy(config),
      ],
      providers: [
        ...configured,
        { provide: Systemd, useValue: systemd },
        { provide: PendingRestart, useValue: pending },
      ],
      exports: [...configured, Systemd, PendingRestart],
    };
  }
}
