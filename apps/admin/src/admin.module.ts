// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Module, type DynamicModule } from '@nestjs/common';
import { AccessModule, type Access } from '@givc/access';
import { PendingRestart } from '@givc/daemon';
import type { Log } from '@givc/log';
import type { Metrics } from '@givc/metrics';
import { RpcModule, type GrpcServer, type ServiceName } from '@givc/rpc';
import { AdminConfigModule } from './admin-config.module.js';
import type { AdminConfig } from './admin.config.js';
import { AgentsModule } from './agents/agents.module.js';
import { CtapModule } from './ctap/ctap.module.js';
import { DoctorModule } from './doctor/doctor.module.js';
import { HistoryModule } from './history/history.module.js';
import { JournalModule } from './journal/journal.module.js';
import { LifecycleModule } from './lifecycle/lifecycle.module.js';
import { LivenessModule } from './liveness/liveness.module.js';
import { AdminMetricsModule } from './metrics/admin-metrics.module.js';
import { NotifyModule } from './notify/notify.module.js';
import { PersistenceModule } from './persistence/persistence.module.js';
import { PoliciesModule } from './policies/policies.module.js';
import { RegistrationModule } from './registration/registration.module.js';
import { RegistryModule } from './registry/registry.module.js';
import { ResourcesModule } from './resources/resources.module.js';
import { SystemModule } from './system/system.module.js';
import { UpdatesModule } from './updates/updates.module.js';

/** The gRPC services that an admin serves. */
export const adminServices: readonly ServiceName[] = [
  'admin.AdminService',
  'doctor.Doctor',
  'history.HistoryService',
  'journal.JournalService',
  'report.Machines',
  'report.Policies',
  'report.Reports',
  'resources.ResourcesService',
];

@Module({})
export class AdminModule {
  static register(
    config: AdminConfig,
    access: Access,
    server: GrpcServer,
    log: Log,
    pending = new PendingRestart(),
    metrics?: Metrics,
  ): DynamicModule {
    return {
      module: AdminModule,
      imports: [
        AccessModule.forDaemon(access),
        RpcModule.forServer(server, log),
        AdminConfigModule.register(config),
        RegistryModule,
        RegistrationModule,
        AgentsModule,
        LifecycleModule,
        LivenessModule,
        PersistenceModule.register(config),
        HistoryModule.register(config.history),
        PoliciesModule.register(config.policies),
        SystemModule,
        UpdatesModule,
        NotifyModule,
        CtapModule,
        DoctorModule.register(pending),
        JournalModule,
        ResourcesModule,
        ...(metrics ? [AdminMetricsModule.register(metrics)] : []),
      ],
    };
  }
}
