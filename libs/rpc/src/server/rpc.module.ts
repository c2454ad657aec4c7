// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Module, type DynamicModule } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { Log } from '@givc/log';
import { GivcErrorFilter } from './error.filter.js';
import { GrpcServer } from './grpc-server.js';
import { HealthController } from './health.controller.js';
import { HealthStatuses } from './health-statuses.js';
import { ReflectionController } from './reflection.controller.js';

/** The common part of every server: health, reflection, the error filter, limits, parsed requests. */
@Module({})
export class RpcModule {
  /** Also provides the server and the log to every module. */
  static forServer(server: GrpcServer, log: Log): DynamicModule {
    return {
      module: RpcModule,
      global: true,
      controllers: [HealthController, ReflectionController],
      providers: [
        { provide: GrpcServer, useValue: server },
        { provide: Log, useValue: log },
        HealthStatuses,
        { provide: APP_FILTER, useClass: GivcErrorFilter },
      ],
      exports: [GrpcServer, Log, HealthStatuses],
    };
  }
}
