import type { ServerDuplexStream } from '@grpc/grpc-js';
import { GivcError } from '@givc/model';
import type { report } from '@givc/rpc';
import { Timeout } from '@givc/time';

export type ReportCall = ServerDuplexStream<report.Told, report.Heard>;

export interface LinkEvents {
  /** The agent says something; throws when nothing more is taken of it. */
  message(): void;
  /** Takes the picture over and returns what of it was refused; throws when the agent itself is refused. */
  picture(picture: report.Picture): readonly report.Refused[];
  /** Takes a change over and returns why it was refused, if it was. */
  change(change: report.Change): report.Refused | undefined;
  /** This process goes on after it was frozen; the agent has the whole time again, and may be asked meanwhile. */
  thawed(): void;
}

/** After so many intervals without a word the agent is gone or hangs. */
const silentIntervals = 2.5;
const pictureLimitMs = 5_000;
const [shortestMs, longestMs] = [100, 60_000];

const invalid = (problem: string): GivcError => new GivcError('INVALID_ARGUMENT', `Told: ${problem}`);

/** One `report.Reports/Report`, from the admin's side. What the agent does not read is one number, so it cannot grow. */
export class AgentLink {
  /** Resolves when the agent has ended the stream, rejects with the status that it is to be told. */
  readonly ended: Promise<void>;
  #end!: (error?: GivcError) => void;
  #isOpen = true;
  #hasThawed = false;
  #silence: Timeout;
  #hasPicture = false;
  #isWritable = true;
  #changes = 0;
  #isAcknowledging = false;
  #owed: report.Heard | undefined;
  #lastHeard = performance.now();

  constructor(
    private readonly call: ReportCall,
    private readonly events: LinkEvents,
  ) {
    this.ended = new Promise((resolve, reject) => {
      this.#end = (error) => {
        this.#hasThawed = this.#silence.hasThawed;
        this.#isOpen = false;
        this.#silence.cancel();
        if (error) reject(error);
        else resolve();
      };
    });
    this.#silence = this.#limitSilence(pictureLimitMs);
    call.on('data', (told: report.Told) => this.#hear(told));
    call.on('drain', () => this.#drained());
    call.on('end', () => {
      call.end();
      this.#end();
    });
    call.on('cancelled', () => this.#end());
    call.on('error', () => this.#end());
  }

  /** When the agent said something last, by `performance.now()`. */
  get lastHeard(): number {
    return this.#lastHeard;
  }

  /** For how long the agent may say nothing, in milliseconds. */
  get silenceMs(): number {
    return this.#silence.ms;
  }

  /** Whether this process was frozen so shortly before the end that the agent may have given it up. */
  get hasThawed(): boolean {
    return this.#hasThawed;
  }

  close(error: GivcError): void {
    this.#end(error);
  }

  /** The agent has said something, be it elsewhere. */
  heard(): void {
    this.#lastHeard = performance.now();
    this.#silence.restart();
  }

  /** What an agent has said before it heard of the end counts no more: another stream may have told better since. */
  #hear({ What }: report.Told): void {
    if (!this.#isOpen) return;
    this.heard();
    try {
      this.events.message();
      switch (What?.$case) {
        case 'Picture':
          if (this.#hasPicture) throw invalid('a stream has one picture, its first message');
          return this.#picture(What.value);
        case 'Change':
          if (!this.#hasPicture) throw invalid('the first message is the picture');
          return this.#change(What.value);
        case 'Heartbeat':
          if (this.#isWritable) this.#write({ What: { $case: 'Heartbeat', value: {} } });
          return;
        case undefined:
          return;
      }
    } catch (error) {
      this.#end(error instanceof GivcError ? error : new GivcError('INTERNAL', String(error), { cause: error }));
    }
  }

  #picture(picture: report.Picture): void {
    const refused = this.events.picture(picture);
    this.#hasPicture = true;
    this.#silence.cancel();
    const heartbeatMs = Math.min(Math.max(picture.HeartbeatMs, shortestMs), longestMs);
    this.#silence = this.#limitSilence(heartbeatMs * silentIntervals);
    this.#write({ What: { $case: 'Taken', value: { Refused: [...refused] } } });
  }

  /** Changes that arrive together are acknowledged together. */
  #change(change: report.Change): void {
    const refused = this.events.change(change);
    this.#changes++;
    if (refused && this.#isWritable) this.#write({ What: { $case: 'Refused', value: refused } });
    if (this.#isAcknowledging) return;
    this.#isAcknowledging = true;
    setImmediate(() => {
      this.#isAcknowledging = false;
      this.#write({ What: { $case: 'Acknowledged', value: { Changes: this.#changes } } });
    });
  }

  /** Ends the stream when the agent says nothing for that long. */
  #limitSilence(limitMs: number): Timeout {
    return new Timeout(
      limitMs,
      () => this.#end(new GivcError('DEADLINE_EXCEEDED', 'the agent has not been heard of for too long')),
      { onThaw: () => this.events.thawed() },
    );
  }

  #drained(): void {
    this.#isWritable = true;
    const owed = this.#owed;
    this.#owed = undefined;
    if (owed) this.#write(owed);
  }

  /** Of what cannot be written the latest counts. */
  #write(heard: report.Heard): void {
    if (!this.#isOpen) return;
    if (!this.#isWritable) {
      this.#owed = heard;
      return;
    }
    this.#isWritable = this.call.write(heard);
  }
}
