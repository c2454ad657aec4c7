import { join } from 'node:path';
import { Module, type DynamicModule, type Provider } from '@nestjs/common';
import { AccessModule, type Access } from '@givc/access';
import { Log } from '@givc/log';
import { MetricsModule, type Metrics } from '@givc/metrics';
import { RpcModule, type GrpcServer, type ServiceName } from '@givc/rpc';
import { AdminConfig } from './admin.config.js';
import { AgentConnections } from './agents/agent-connections.js';
import { CtapController } from './ctap/ctap.controller.js';
import { CtapService } from './ctap/ctap.service.js';
import { ApplicationService } from './lifecycle/application.service.js';
import { Departures } from './lifecycle/departures.js';
import { LifecycleController } from './lifecycle/lifecycle.controller.js';
import { UnitStarter } from './lifecycle/unit-starter.js';
import { UnitStates } from './lifecycle/unit-states.js';
import { UnitService } from './lifecycle/unit.service.js';
import { VmService } from './lifecycle/vm.service.js';
import { ManagedVmsService } from './liveness/managed-vms.service.js';
import { MachinesController } from './liveness/machines.controller.js';
import { MachinesService } from './liveness/machines.service.js';
import { PollingService } from './liveness/polling.service.js';
import { RecoveryService } from './liveness/recovery.service.js';
import { ReportController } from './liveness/report.controller.js';
import { ReportService } from './liveness/report.service.js';
import { NotifyController } from './notify/notify.controller.js';
import { NotifyService } from './notify/notify.service.js';
import { HostIdentity } from './registry/host-identity.js';
import { PersistenceService } from './registry/persistence.service.js';
import { AdminMetrics } from './metrics/admin-metrics.js';
import { DeliveryService } from './policies/delivery.service.js';
import { PoliciesController } from './policies/policies.controller.js';
import { PoliciesService } from './policies/policies.service.js';
import { PolicyStore } from './policies/policy-store.js';
import { SourcesService } from './policies/sources.service.js';
import { PresenceService } from './registry/presence.service.js';
import { RegistryController } from './registry/registry.controller.js';
import { RegistryService } from './registry/registry.service.js';
import { RegistryFile, RegistryStorage } from './registry/registry-storage.js';
import { RegistryStore } from './registry/registry-store.js';
import { WatchService } from './registry/watch.service.js';
import { PowerService } from './system/power.service.js';
import { SettingsService } from './system/settings.service.js';
import { StatsService } from './system/stats.service.js';
import { SystemController } from './system/system.controller.js';
import { OtaUpdate } from './updates/ota-update.js';
import { UpdatesController } from './updates/updates.controller.js';
import { UpdatesService } from './updates/updates.service.js';

/** The gRPC services that an admin serves. */
export const adminServices: readonly ServiceName[] = [
  'admin.AdminService',
  'report.Machines',
  'report.Policies',
  'report.Reports',
];

/** Without a state directory the registry ends with the admin. */
const storageOf = ({ stateDirectory }: AdminConfig): Provider[] =>
  stateDirectory === undefined
    ? []
    : [{ provide: RegistryStorage, useFactory: () => new RegistryFile(join(stateDirectory, 'registry.json')) }];

@Module({})
export class AdminModule {
  static register(config: AdminConfig, access: Access, server: GrpcServer, log: Log, metrics?: Metrics): DynamicModule {
    return {
      module: AdminModule,
      imports: [
        AccessModule.forDaemon(access),
        RpcModule.forServer(server, log),
        ...(metrics ? [MetricsModule.forDaemon(metrics)] : []),
      ],
      controllers: [
        RegistryController,
        LifecycleController,
        SystemController,
        NotifyController,
        ReportController,
        MachinesController,
        UpdatesController,
        CtapController,
        PoliciesController,
      ],
      providers: [
        { provide: AdminConfig, useValue: config },
        RegistryStore,
        PresenceService,
        HostIdentity,
        RegistryService,
        WatchService,
        AgentConnections,
        ReportService,
        MachinesService,
        UnitStates,
        VmService,
        PollingService,
        ...storageOf(config),
        PersistenceService,
        RecoveryService,
        ...(config.monitoring ? [ManagedVmsService] : []),
        ApplicationService,
        Departures,
        UnitStarter,
        UnitService,
        PowerService,
        SettingsService,
        StatsService,
        NotifyService,
        OtaUpdate,
        UpdatesService,
        CtapService,
        PoliciesService,
        ...(config.policies ? [PolicyStore, SourcesService, DeliveryService] : []),
        ...(metrics ? [AdminMetrics] : []),
      ],
    };
  }
}
