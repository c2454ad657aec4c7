import { Module, type DynamicModule } from '@nestjs/common';
import { AccessModule, type Access } from '@givc/access';
import type { Log } from '@givc/log';
import { MetricsModule, type Metrics } from '@givc/metrics';
import { RpcModule, type GrpcServer, type ServiceName } from '@givc/rpc';
import { Systemd } from '@givc/systemd';
import { AgentConfig } from './agent.config.js';
import { ApplicationsService } from './applications/applications.service.js';
import { FollowedUnits } from './registration/followed-units.js';
import { RegistrationService } from './registration/registration.service.js';
import { TrackedUnits } from './registration/tracked-units.js';
import { UnitMonitor } from './units/unit-monitor.js';
import { UnitsController } from './units/units.controller.js';
import { UnitsService } from './units/units.service.js';

/** The gRPC services that an agent with this configuration serves. */
export const servicesOf = (_config: AgentConfig): readonly ServiceName[] => ['systemd.UnitControlService'];

/** Capabilities are imported only if the configuration enables them. */
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
      imports: [
        AccessModule.forDaemon(access),
        RpcModule.forServer(server, log),
        ...(metrics ? [MetricsModule.forDaemon(metrics)] : []),
      ],
      controllers: [UnitsController],
      providers: [
        { provide: AgentConfig, useValue: config },
        { provide: Systemd, useValue: systemd },
        TrackedUnits,
        FollowedUnits,
        RegistrationService,
        UnitsService,
        UnitMonitor,
        ApplicationsService,
      ],
    };
  }
}
