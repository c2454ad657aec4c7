import { Module, type DynamicModule } from '@nestjs/common';
import { AccessModule, type Access } from '@givc/access';
import { Log } from '@givc/log';
import { RpcModule, type GrpcServer } from '@givc/rpc';
import { AdminConfig } from './admin.config.js';
import { AgentConnections } from './agents/agent-connections.js';
import { ApplicationService } from './lifecycle/application.service.js';
import { LifecycleController } from './lifecycle/lifecycle.controller.js';
import { UnitService } from './lifecycle/unit.service.js';
import { VmService } from './lifecycle/vm.service.js';
import { LivenessService } from './liveness/liveness.service.js';
import { RegistryController } from './registry/registry.controller.js';
import { RegistryService } from './registry/registry.service.js';
import { RegistryStore } from './registry/registry-store.js';
import { WatchService } from './registry/watch.service.js';
import { PowerService } from './system/power.service.js';
import { SystemController } from './system/system.controller.js';

@Module({})
export class AdminModule {
  static register(config: AdminConfig, access: Access, server: GrpcServer, log: Log): DynamicModule {
    return {
      module: AdminModule,
      imports: [AccessModule.forDaemon(access), RpcModule.forServer(server, log)],
      controllers: [RegistryController, LifecycleController, SystemController],
      providers: [
        { provide: AdminConfig, useValue: config },
        RegistryStore,
        RegistryService,
        WatchService,
        AgentConnections,
        ...(config.monitoring ? [LivenessService] : []),
        VmService,
        ApplicationService,
        UnitService,
        PowerService,
      ],
    };
  }
}
