import type { ClientDuplexStream, ServiceError } from '@grpc/grpc-js';
import { GivcError, type UnitName } from '@givc/model';
import { errorOfStatus, type report } from '@givc/rpc';
import { Timeout } from '@givc/time';

export type ReportCall = ClientDuplexStream<report.Told, report.Heard>;

export interface ReportEvents {
  /** The admin has taken the picture, but for these. */
  taken(refused: readonly report.Refused[]): void;
  refused(refused: report.Refused): void;
  /** Instead of `ended`: the admin has been silent for too long, so that the connection may lead nowhere. */
  silent(error: GivcError): void;
  /** Once, with the reason. */
  ended(error: GivcError): void;
}

/** After so many intervals without a word the other side is gone or hangs. */
const silentIntervals = 2.5;

interface Waiting {
  readonly changes: number;
  readonly resolve: () => void;
}

/**
 * Tells the admin a picture of everything, then each change in order, over one `report.Reports/Report`. What the admin
 * does not read waits, one change for each unit: the latest, in the order in which the units first changed.
 */
export class ReportStream {
  readonly #pending = new Map<UnitName, report.Change>();
  readonly #waiting = new Set<Waiting>();
  readonly #heartbeats: NodeJS.Timeout;
  readonly #silence: Timeout;
  #isWritable = true;
  #isTaken = false;
  #hasEnded = false;
  #sent = 0;
  #acknowledged = 0;

  constructor(
    private readonly call: ReportCall,
    picture: report.Picture,
    private readonly events: ReportEvents,
  ) {
    call.on('data', (heard: report.Heard) => this.#hear(heard));
    call.on('error', (error: ServiceError) => this.#end(errorOfStatus(error)));
    call.on('end', () => this.#end(new GivcError('UNAVAILABLE', 'the admin has ended the stream')));
    call.on('drain', () => this.#drain());
    this.#heartbeats = setInterval(() => this.#beat(), picture.HeartbeatMs);
    this.#silence = new Timeout(picture.HeartbeatMs * silentIntervals, () => this.#fallSilent(), {
      onThaw: () => this.#beat(),
    });
    this.#write({ What: { $case: 'Picture', value: picture } });
  }

  tell(unit: UnitName, change: report.Change): void {
    if (this.#hasEnded) return;
    if (this.#isWritable) this.#writeChange(change);
    else this.#pending.set(unit, change);
  }

  /** Resolves once the admin has taken all that was told so far, or the stream has ended. */
  told(): Promise<void> {
    const changes = this.#sent + this.#pending.size;
    if (this.#hasEnded || this.#has(changes)) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.add({ changes, resolve }));
  }

  close(): void {
    this.#end(new GivcError('CANCELLED', 'the agent stops'));
  }

  #has(changes: number): boolean {
    return this.#isTaken && this.#acknowledged >= changes;
  }

  #hear({ What }: report.Heard): void {
    this.#silence.restart();
    switch (What?.$case) {
      case 'Taken':
        this.#isTaken = true;
        this.events.taken(What.value.Refused);
        break;
      case 'Acknowledged':
        this.#acknowledged = What.value.Changes;
        break;
      case 'Refused':
        this.events.refused(What.value);
        break;
      case 'Heartbeat':
      case undefined:
        return;
    }
    for (const waiting of this.#waiting)
      if (this.#has(waiting.changes)) {
        this.#waiting.delete(waiting);
        waiting.resolve();
      }
  }

  /** The admin answers each, so that both know of each other. */
  #beat(): void {
    if (this.#isWritable) this.#write({ What: { $case: 'Heartbeat', value: {} } });
  }

  #drain(): void {
    this.#isWritable = true;
    for (const [unit, change] of this.#pending) {
      if (!this.#isWritable) return;
      this.#pending.delete(unit);
      this.#writeChange(change);
    }
  }

  #writeChange(change: report.Change): void {
    this.#sent++;
    this.#write({ What: { $case: 'Change', value: change } });
  }

  #write(told: report.Told): void {
    this.#isWritable = this.call.write(told);
  }

  #fallSilent(): void {
    if (!this.#close()) return;
    this.events.silent(new GivcError('DEADLINE_EXCEEDED', 'the admin has not been heard of for too long'));
  }

  #end(error: GivcError): void {
    if (this.#close()) this.events.ended(error);
  }

  /** Whether it was open. */
  #close(): boolean {
    if (this.#hasEnded) return false;
    this.#hasEnded = true;
    clearInterval(this.#heartbeats);
    this.#silence.cancel();
    this.#pending.clear();
    this.call.cancel();
    for (const { resolve } of this.#waiting) resolve();
    this.#waiting.clear();
    return true;
  }
}
