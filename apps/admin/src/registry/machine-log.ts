// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Injectable } from '@nestjs/common';
import { Log, type Fields } from '@givc/log';
import type { VmName } from '@givc/model';
import { CoalescingThrottle } from '@givc/queue';

/** The number of lines of one machine that are written at once, and the interval of further lines. */
const limits = { burst: 100, everyMs: 1_000 } as const;

interface Line {
  readonly level: 'info' | 'warn';
  readonly message: string;
  readonly fields: Fields;
}

/**
 * Log lines about events that a machine can cause at any rate. When they are too frequent, only the latest is written,
 * with the number of lines that it replaces as `coalesced`. The injected instance is for lines about units.
 */
@Injectable()
export class MachineLog {
  readonly #lines: CoalescingThrottle<Line>;

  constructor(private readonly log: Log) {
    this.#lines = new CoalescingThrottle(limits, (_, { level, message, fields }, coalesced) =>
      log[level](message, { ...fields, coalesced }),
    );
  }

  info(vm: VmName, message: string, fields: Fields): void {
    this.#write(vm, 'info', message, fields);
  }

  warn(vm: VmName, message: string, fields: Fields): void {
    this.#write(vm, 'warn', message, fields);
  }

  #write(vm: VmName, level: Line['level'], message: string, fields: Fields): void {
    if (this.#lines.offer(vm, { level, message, fields })) this.log[level](message, fields);
  }
}
