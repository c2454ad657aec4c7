import { Injectable } from '@nestjs/common';
import type { stats } from '@givc/rpc';
import { readProc } from './proc.js';
import { StatsMeter } from './stats-meter.js';

/** What this machine does. */
@Injectable()
export class StatsService {
  readonly #meter = new StatsMeter();
  #reading: Promise<stats.StatsResponse> | undefined;

  /** Tells of the time since the previous call, whoever made that; who asks while it is being measured gets the same answer. */
  stats(): Promise<stats.StatsResponse> {
    this.#reading ??= readProc()
      .then((reading) => this.#meter.read(reading))
      .finally(() => (this.#reading = undefined));
    return this.#reading;
  }
}
