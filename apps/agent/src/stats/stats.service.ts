// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Injectable } from '@nestjs/common';
import type { stats } from '@givc/rpc';
import { readProc } from './proc.js';
import { StatsMeter } from './stats-meter.js';

/** The activity of this machine. */
@Injectable()
export class StatsService {
  readonly #meter = new StatsMeter();
  #reading: Promise<stats.StatsResponse> | undefined;

  /** Covers the time since the previous call, of any caller. Calls at the same time get the same answer. */
  stats(): Promise<stats.StatsResponse> {
    this.#reading ??= readProc()
      .then((reading) => this.#meter.read(reading))
      .finally(() => (this.#reading = undefined));
    return this.#reading;
  }
}
