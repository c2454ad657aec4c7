import { Module, type DynamicModule } from '@nestjs/common';
import { AdminConfig } from './admin.config.js';

/** Provides the configuration of the admin to every module. */
@Module({})
export class AdminConfigModule {
  static register(config: AdminConfig): DynamicModule {
    return {
      module: AdminConfigModule,
      global: true,
      providers: [{ provide: AdminConfig, useValue: config }],
      exports: [AdminConfig],
    };
  }
}
