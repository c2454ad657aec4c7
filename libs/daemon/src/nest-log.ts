// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { LoggerService } from '@nestjs/common';
import { messageOf } from '@givc/model';
import type { Log } from '@givc/log';

/** The log of Nest: its progress is logged for debugging, its warnings and errors always. */
export class NestLog implements LoggerService {
  constructor(private readonly destination: Log) {}

  log(message: unknown, context?: string): void {
    this.destination.debug(messageOf(message), { context });
  }

  warn(message: unknown, context?: string): void {
    this.destination.warn(messageOf(message), { context });
  }

  error(message: unknown, stack?: string, context?: string): void {
    this.destination.error(messageOf(message), { stack, context });
  }
}
