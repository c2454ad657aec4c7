// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { LoggerService } from '@nestjs/common';
import { messageOf } from '@givc/model';
import type { Log } from '@givc/log';

/** What Nest says of itself: its progress is for those who debug, its warnings and errors are always logged. */
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
