import { EventEmitter } from 'node:events';
import type { admin, report } from '@givc/rpc';
import type { ReportCall } from './agent-link.js';

type Sent = NonNullable<report.Told['What']>;

/** The call of an agent's report stream, from the admin's side. */
export class StandInReportCall extends EventEmitter {
  /** What the admin has written, in order. */
  readonly written: NonNullable<report.Heard['What']>[] = [];
  isEnded = false;
  /** Whether the agent reads: what `write` answers. */
  isReading = true;

  /** `vm` is whose certificate the caller has; without one it has none. */
  constructor(private readonly vm?: string) {
    super();
  }

  get call(): ReportCall {
    return this as unknown as ReportCall;
  }

  write({ What }: report.Heard): boolean {
    this.written.push(What!);
    return this.isReading;
  }

  end(): void {
    this.isEnded = true;
  }

  getAuthContext(): object {
    if (this.vm === undefined) return {};
    const names = `DNS:${this.vm}, IP Address:127.0.0.1`;
    const [valid_from, valid_to] = ['Jan 1 00:00:00 2026 GMT', 'Jan 1 00:00:00 2027 GMT'];
    return { sslPeerCertificate: { subjectaltname: names, serialNumber: '01', valid_from, valid_to } };
  }

  getPeer(): string {
    return '127.0.0.1:40000';
  }

  /** The agent says this. */
  say(What: Sent | undefined): void {
    this.emit('data', { What });
  }

  /** The agent reads again. */
  drain(): void {
    this.isReading = true;
    this.emit('drain');
  }
}

export const heartbeat: Sent = { $case: 'Heartbeat', value: {} };

export const snapshot = (fields: Partial<report.Picture> = {}): Sent => ({
  $case: 'Picture',
  value: { Agent: undefined, Units: [], HeartbeatMs: 3_000, BootId: '', ...fields },
});

export const update = (Unit?: admin.RegistryRequest, fields: Partial<report.Change> = {}): Sent => ({
  $case: 'Change',
  value: { Unit, Ending: undefined, SinceMs: 0, ...fields },
});
