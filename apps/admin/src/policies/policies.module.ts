// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Module, type DynamicModule } from '@nestjs/common';
import { AgentsModule } from '../agents/agents.module.js';
import { PresenceModule } from '../presence/presence.module.js';
import { RegistryModule } from '../registry/registry.module.js';
import { DeliveryService } from './delivery.service.js';
import { NoPoliciesService } from './no-policies.service.js';
import { PoliciesController } from './policies.controller.js';
import { PoliciesService, SentPoliciesService } from './policies.service.js';
import { PoliciesConfig } from './policies.config.js';
import { PolicyStore } from './policy-store.js';
import { SourcesService } from './sources.service.js';

/** Policies of VMs: fetched from their sources, kept, and sent to the agents. */
@Module({})
export class PoliciesModule {
  /** Without a configuration the admin sends no policies, and ListPolicies fails. */
  static register(config: PoliciesConfig | undefined): DynamicModule {
    return {
      module: PoliciesModule,
      imports: [RegistryModule, PresenceModule, AgentsModule],
      controllers: [PoliciesController],
      providers: config
        ? [
            { provide: PoliciesConfig, useValue: config },
            PolicyStore,
            SourcesService,
            DeliveryService,
            { provide: PoliciesService, useClass: SentPoliciesService },
          ]
        : [{ provide: PoliciesService, useClass: NoPoliciesService }],
    };
  }
}
