import { totalmem } from 'node:os';
import { Injectable } from '@nestjs/common';
import type { ServerWritableStream } from '@grpc/grpc-js';
import { Observable } from 'rxjs';
import type { UnitName } from '@givc/model';
import type { systemd } from '@givc/rpc';
import { Systemd, type ResourceUsage } from '@givc/systemd';
import { AgentConfig } from '../agent.config.js';
import { assertAllowed } from './unit-allowlist.js';

const intervalMs = 1_000;

interface Sample {
  readonly usage: ResourceUsage;
  readonly at: bigint;
}

type MonitorCall = ServerWritableStream<systemd.UnitResourceRequest, systemd.UnitResourceResponse>;

/** `cpu_usage` in percent of one CPU between two samples, `memory_usage` in percent of this machine's memory now. */
export function resourcesBetween(earlier: Sample, later: Sample): systemd.UnitResourceResponse {
  const elapsed = Number(later.at - earlier.at);
  const used = Number(later.usage.cpuNsec - earlier.usage.cpuNsec);
  return {
    cpu_usage: elapsed > 0 ? Math.max(0, (used / elapsed) * 100) : 0,
    memory_usage: (later.usage.memoryBytes / totalmem()) * 100,
  };
}

/** Tells what a unit uses, each second, for as long as the caller listens and the unit runs. */
@Injectable()
export class UnitMonitor {
  constructor(
    private readonly config: AgentConfig,
    private readonly systemd: Systemd,
  ) {}

  /**
   * The first message comes at once, with no CPU time behind it yet. What a caller does not read is not measured.
   * Ends with the error of the last sample when the unit has ended. The Observable itself emits nothing.
   */
  monitor(unit: UnitName, call: MonitorCall): Observable<never> {
    assertAllowed(this.config, unit);
    return new Observable((subscriber) => {
      let timer: NodeJS.Timeout | undefined;
      let earlier: Sample | undefined;
      const sample = async (): Promise<void> => {
        const later: Sample = { usage: await this.systemd.resourceUsage(unit), at: process.hrtime.bigint() };
        if (subscriber.closed) return;
        const isTaken = call.write(resourcesBetween(earlier ?? later, later));
        earlier = later;
        if (isTaken) next();
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
