// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Injectable } from '@nestjs/common';
import { Observable } from 'rxjs';
import type { UnitName } from '@givc/model';
import type { ServerStreamingCall, systemd } from '@givc/rpc';
import { Systemd } from '@givc/systemd';
import { UnitAllowlist } from '../config/unit-allowlist.js';
import { UsageMeter } from './usage-meter.js';

const intervalMs = 1_000;

type MonitorCall = ServerStreamingCall<systemd.UnitResourceResponse>;

/** Sends the resource usage of a unit each second, while the caller reads and the unit runs. */
@Injectable()
export class UnitMonitor {
  constructor(
    private readonly allowlist: UnitAllowlist,
    private readonly systemd: Systemd,
  ) {}

  /**
   * The first message is sent at once, with the average since the unit became active; each later one covers the time
   * since the previous one. Nothing is measured while the caller does not read. Fails with FAILED_PRECONDITION or
   * NOT_FOUND when the unit has ended. The Observable itself emits nothing.
   */
  monitor(unit: UnitName, call: MonitorCall): Observable<never> {
    this.allowlist.assertHas(unit);
    return new Observable((subscriber) => {
      let timer: NodeJS.Timeout | undefined;
      const meter = new UsageMeter();
      const sample = async (): Promise<void> => {
        const usage = await this.systemd.resourceUsage(unit);
        if (subscriber.closed) return;
        const hasRoom = call.write(meter.read(usage));
        if (hasRoom) next();
        else call.once('drain', next);
      };
      const next = () => {
        if (!subscriber.closed) timer = setTimeout(run, intervalMs);
      };
      const run = () => void sample().catch((error: unknown) => subscriber.error(error));
      run();
      return () => clearTimeout(timer);
    });
  }
}
