// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { GivcError, invalid, programVersion } from '@givc/model';
import {
  pingHeartbeatVersion,
  reportProtocolVersion,
  silentIntervals,
  type BidiStreamingCall,
  type report,
} from '@givc/rpc';
import { Timeout } from '@givc/time';

export type ReportCall = BidiStreamingCall<report.ReportRequest, report.ReportResponse>;

export interface ReportHandlers {
  /** Called before each message and heartbeat; throws to end the stream. */
  received(): void;
  /** Applies a snapshot and returns which of its entries were rejected; throws when the agent itself is rejected. */
  snapshot(snapshot: report.Snapshot): readonly report.Rejected[];
  /** Applies an entry, and returns why it was rejected, if it was. */
  entry(entry: report.Entry): report.Rejected | undefined;
  /** Applies an update, and returns why it was rejected, if it was. */
  update(update: report.Update): report.Rejected | undefined;
  /**
   * Called when this process resumes after a freeze. The silence timer has restarted; the handler may poll the agent.
   */
  thawed(): void;
}

type State =
  /** The snapshot has not been received. */
  | { readonly state: 'opening'; readonly silence: Timeout }
  | { readonly state: 'open'; readonly silence: Timeout }
  | { readonly state: 'ended'; readonly hasThawed: boolean };

type Output =
  | { readonly state: 'ready' }
  /** The agent does not read. Only the latest unsent response is kept. */
  | { readonly state: 'blocked'; latest: report.ReportResponse | undefined };

const snapshotLimitMs = 5_000;
const shortestMs = 100;
const longestMs = 60_000;

/**
 * The admin's side of one call of `report.Reports/Report`. It does not buffer responses that the agent does not read.
 */
export class IncomingReportStream {
  /** Resolves when the agent has ended the stream. Rejects with the status that the agent gets. */
  readonly ended: Promise<void>;
  #resolve!: () => void;
  #reject!: (error: GivcError) => void;
  #state: State;
  #output: Output = { state: 'ready' };
  #silenceMs = snapshotLimitMs;
  #count = 0;
  #isAcknowledging = false;
  #lastSeen = performance.now();

  constructor(
    private readonly call: ReportCall,
    private readonly handlers: ReportHandlers,
  ) {
    this.ended = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    this.#state = { state: 'opening', silence: this.#limitSilence(snapshotLimitMs) };
    call.on('data', (request: report.ReportRequest) => this.#receive(() => this.#apply(request)));
    call.on('drain', () => this.#drained());
    call.on('end', () => {
      call.end();
      this.#end();
    });
    call.on('cancelled', () => this.#end());
    call.on('error', () => this.#end());
  }

  /** The time of the agent's last message or heartbeat, by `performance.now()`. */
  get lastSeen(): number {
    return this.#lastSeen;
  }

  /** The timeout of the agent's silence, in milliseconds. */
  get silenceMs(): number {
    return this.#silenceMs;
  }

  /** Whether this process was frozen shortly before the end, so that the agent may have ended the stream. */
  get hasThawed(): boolean {
    return this.#state.state === 'ended' && this.#state.hasThawed;
  }

  close(error: GivcError): void {
    this.#end(error);
  }

  /** Restarts the silence timer, because the agent has sent a message or answered a call. */
  markSeen(): void {
    this.#lastSeen = performance.now();
    if (this.#state.state !== 'ended') this.#state.silence.restart();
  }

  #setState(state: State): void {
    if (this.#state.state !== 'ended') this.#state.silence.cancel();
    this.#state = state;
  }

  #end(error?: GivcError): void {
    if (this.#state.state === 'ended') return;
    this.#setState({ state: 'ended', hasThawed: this.#state.silence.hasThawed });
    if (error) this.#reject(error);
    else this.#resolve();
  }

  /** What an agent sent before it knew of the end is ignored: a newer stream may have brought newer messages. */
  #receive(apply: () => void): void {
    if (this.#state.state === 'ended') return;
    this.markSeen();
    try {
      this.handlers.received();
      apply();
    } catch (error) {
      this.#end(error instanceof GivcError ? error : new GivcError('INTERNAL', String(error), { cause: error }));
    }
  }

  #apply({ message }: report.ReportRequest): void {
    switch (message?.$case) {
      case 'snapshot':
        return this.#snapshot(message.value);
      case 'entry':
        this.#assertOpen();
        return this.#acknowledge(this.handlers.entry(message.value));
      case 'update':
        this.#assertOpen();
        return this.#acknowledge(this.handlers.update(message.value));
      // Of an agent that does not send PING frames.
      case 'heartbeat':
        if (this.#output.state === 'ready') this.#write({ message: { $case: 'heartbeat', value: {} } });
        return;
      // A message of a newer version of the protocol.
      case undefined:
        return;
    }
  }

  #assertOpen(): void {
    if (this.#state.state === 'opening')
      throw invalid('ReportRequest.message', 'the first message must be the snapshot');
  }

  #snapshot(snapshot: report.Snapshot): void {
    if (this.#state.state !== 'opening')
      throw invalid('ReportRequest.message', 'only the first message may be a snapshot');
    const rejected = this.handlers.snapshot(snapshot);
    const heartbeatMs = Math.min(Math.max(snapshot.heartbeat_interval_ms, shortestMs), longestMs);
    this.#silenceMs = heartbeatMs * silentIntervals;
    this.#setState({ state: 'open', silence: this.#limitSilence(this.#silenceMs) });
    if (snapshot.protocol_version >= pingHeartbeatVersion) this.call.onPing(() => this.#receive(() => undefined));
    const versions = { protocol_version: reportProtocolVersion, admin_version: programVersion };
    this.#write({ message: { $case: 'snapshot_accepted', value: { rejected: [...rejected], ...versions } } });
  }

  /** Entries and updates that arrive together are acknowledged together. */
  #acknowledge(rejected: report.Rejected | undefined): void {
    this.#count++;
    if (rejected && this.#output.state === 'ready') this.#write({ message: { $case: 'rejected', value: rejected } });
    if (this.#isAcknowledging) return;
    this.#isAcknowledging = true;
    setImmediate(() => {
      this.#isAcknowledging = false;
      this.#write({ message: { $case: 'acknowledged', value: { count: this.#count } } });
    });
  }

  /** Starts the timer that ends the stream after `limitMs` of silence. */
  #limitSilence(limitMs: number): Timeout {
    return new Timeout(
      limitMs,
      () => this.#end(new GivcError('DEADLINE_EXCEEDED', 'no message from the agent within the heartbeat timeout')),
      { onThaw: () => this.handlers.thawed() },
    );
  }

  #drained(): void {
    const before = this.#output;
    this.#output = { state: 'ready' };
    if (before.state === 'blocked' && before.latest) this.#write(before.latest);
  }

  #write(response: report.ReportResponse): void {
    if (this.#state.state === 'ended') return;
    if (this.#output.state === 'blocked') this.#output.latest = response;
    else if (!this.call.write(response)) this.#output = { state: 'blocked', latest: undefined };
  }
}
