// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { Log } from '@givc/log';
import type { GrpcServer } from '@givc/rpc';
import { NestLog } from './nest-log.js';

/**
 * Opens another listener of the daemon, with its own services, and resolves once it listens; close the result. Rejects
 * with FAILED_PRECONDITION when it cannot listen.
 */
export async function listenBeside(
  module: DynamicModule,
  server: GrpcServer,
  log: Log,
): Promise<{ close(): Promise<void> }> {
  const application = await NestFactory.createMicroservice(module, {
    strategy: server,
    logger: new NestLog(log),
    abortOnError: false,
  });
  try {
    await application.listen();
  } catch (error) {
    await application.close();
    throw error;
  }
  return application;
}
