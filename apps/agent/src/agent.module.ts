import { Module, type DynamicModule } from '@nestjs/common';
import { AccessModule, type Access } from '@givc/access';
import type { Log } from '@givc/log';
import { MetricsModule, type Metrics } from '@givc/metrics';
import { RpcModule, type GrpcServer, type ServiceName } from '@givc/rpc';
import { Systemd } from '@givc/systemd';
import { AgentConfig } from './agent.config.js';
import { ApplicationsService } from './applications/applications.service.js';
import type { Capability } from './capability.js';
import { ctapCapability } from './ctap/ctap.capability.js';
import { dbusProxyCapability } from './dbus-proxy/dbus-proxy.capability.js';
import { execCapability } from './exec/exec.capability.js';
import { hwidCapability } from './hwid/hwid.capability.js';
import { localeCapability } from './locale/locale.capability.js';
import { notifyCapability } from './notify/notify.capability.js';
import { policyCapability } from './policy/policy.capability.js';
import { BootId } from './registration/boot-id.js';
import { ConfiguredUnits } from './registration/configured-units.js';
import { RegistrationService } from './registration/registration.service.js';
import { TrackedUnits } from './registration/tracked-units.js';
import { socketProxyCapability } from './socket-proxy/socket-proxy.capability.js';
import { statsCapability } from './stats/stats.capability.js';
import { OwnUnits } from './units/own-units.js';
import { UnitMonitor } from './units/unit-monitor.js';
import { UnitsController } from './units/units.controller.js';
import { UnitsService } from './units/units.service.js';
import { wifiCapability } from './wifi/wifi.capability.js';

/** In the order of the README's table. */
const capabilities: readonly Capability[] = [
  socketProxyCapability,
  dbusProxyCapability,
  execCapability,
  localeCapability,
  statsCapability,
  hwidCapability,
  notifyCapability,
  wifiCapability,
  ctapCapability,
  policyCapability,
];

const enabledBy = (config: AgentConfig): readonly Capability[] =>
  capabilities.filter((capability) => capability.isEnabled(config));

/** The gRPC services that an agent with this configuration serves. */
export const servicesOf = (config: AgentConfig): readonly ServiceName[] => [
  'systemd.UnitControlService',
  ...enabledBy(config).flatMap(({ services }) => services),
];

@Module({})
export class AgentModule {
  static register(
    config: AgentConfig,
    access: Access,
    server: GrpcServer,
    log: Log,
    systemd: Systemd,
    metrics?: Metrics,
  ): DynamicModule {
    return {
      module: AgentModule,
      global: true,
      imports: [
        AccessModule.forDaemon(access),
        RpcModule.forServer(server, log),
        ...(metrics ? [MetricsModule.forDaemon(metrics)] : []),
        ...enabledBy(config).map(({ module }) => module),
      ],
      controllers: [UnitsController],
      providers: [
        { provide: AgentConfig, useValue: config },
        { provide: Systemd, useValue: systemd },
        { provide: BootId, useFactory: () => BootId.read() },
        TrackedUnits,
        ConfiguredUnits,
        RegistrationService,
        OwnUnits,
        UnitsService,
        UnitMonitor,
        ApplicationsService,
      ],
      exports: [AgentConfig, Systemd, TrackedUnits, RegistrationService, OwnUnits],
    };
  }
}
