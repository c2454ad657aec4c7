// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { join } from 'node:path';
import { Module, type DynamicModule } from '@nestjs/common';
import { AgentsModule } from '../agents/agents.module.js';
import { PresenceModule } from '../presence/presence.module.js';
import { RegistryModule } from '../registry/registry.module.js';
import { PersistenceService } from './persistence.service.js';
import { RegistryRestorer } from './registry-restorer.js';
import { NoStorage, RegistryFile, RegistryStorage } from './registry-storage.js';

/** Keeps the registry across restarts of the admin. */
@Module({})
export class PersistenceModule {
  /** Without a state directory the registry ends with the admin. */
  static register({ stateDirectory }: { readonly stateDirectory: string | undefined }): DynamicModule {
    const open = (): RegistryStorage =>
      stateDirectory === undefined ? new NoStorage() : new RegistryFile(join(stateDirectory, 'registry.json'));
    return {
      module: PersistenceModule,
      imports: [RegistryModule, PresenceModule, AgentsModule],
      providers: [{ provide: RegistryStorage, useFactory: open }, RegistryRestorer, PersistenceService],
    };
  }
}
