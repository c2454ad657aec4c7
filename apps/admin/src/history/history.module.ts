// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Module, type DynamicModule } from '@nestjs/common';
import { AgentsModule } from '../agents/agents.module.js';
import { LivenessModule } from '../liveness/liveness.module.js';
import { RegistryModule } from '../registry/registry.module.js';
import { BootsService } from './boots.service.js';
import { HistoryConfig } from './history.config.js';
import { HistoryFiles, StateFiles } from './history-files.js';
import { HistoryController } from './history.controller.js';
import { HistoryQueue } from './history-queue.js';
import { HistoryRecorder } from './history-recorder.service.js';
import { HistoryService, KeptHistoryService, NoHistoryService } from './history.service.js';

/** The last events of the system, and the boots of its machines. */
@Module({})
export class HistoryModule {
  /** Without a configuration nothing is recorded, and queries fail. */
  static register(config: HistoryConfig | undefined): DynamicModule {
    return {
      module: HistoryModule,
      imports: [RegistryModule, AgentsModule, LivenessModule],
      controllers: [HistoryController],
      providers: [
        BootsService,
        HistoryQueue,
        ...(config
          ? [
              { provide: HistoryConfig, useValue: config },
              { provide: HistoryFiles, useClass: StateFiles },
              HistoryRecorder,
              { provide: HistoryService, useClass: KeptHistoryService },
            ]
          : [{ provide: HistoryService, useClass: NoHistoryService }]),
      ],
    };
  }
}
