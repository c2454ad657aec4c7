// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { GivcError } from '@givc/model';
import {
  errorOfStatus,
  pingHeartbeatVersion,
  silentIntervals,
  type CallError,
  type OutgoingBidiCall,
  type report,
} from '@givc/rpc';
import { Timeout } from '@givc/time';
import { isLast, type UnitReport } from './registry-requests.js';

export type ReportCall = OutgoingBidiCall<report.ReportRequest, report.ReportResponse>;

export interface ReportHandlers {
  /** The admin has accepted the snapshot, except for the `rejected` entries. */
  accepted(accepted: report.SnapshotAccepted): void;
  /** The admin has rejected an entry or an update. */
  rejected(rejected: report.Rejected): void;
  /** Called instead of `ended` when the admin has sent nothing for too long, so that the connection may be dead. */
  silent(error: GivcError): void;
  /** Called once, with the reason. */
  ended(error: GivcError): void;
}

type State =
  /** The admin has not accepted the snapshot. */
  | { readonly state: 'opening' }
  | { readonly state: 'open'; readonly heartbeats: 'pings' | 'messages' }
  | { readonly state: 'ended' };

type Output =
  | { readonly state: 'ready' }
  /** The admin does not read. `pending` has the latest of each unit, in the order in which the units first changed. */
  | { readonly state: 'blocked'; readonly pending: Map<string, UnitReport> };

interface Flush {
  readonly count: number;
  readonly resolve: () => void;
}

/**
 * The agent's side of one call of `report.Reports/Report`. It sends a snapshot of all units and then each change of a
 * unit in order: as an update when the admin has its entry, otherwise as an entry. While the admin does not read, only
 * the latest change of each unit is kept.
 */
export class ReportStream {
  #state: State = { state: 'opening' };
  #output: Output = { state: 'ready' };
  /** The names whose entries were sent and not rejected since. */
  readonly #entries = new Set<string>();
  readonly #flushes = new Set<Flush>();
  readonly #version: number;
  #heartbeat!: NodeJS.Timeout;
  readonly #silence: Timeout;
  #sent = 0;
  #acknowledged = 0;

  constructor(
    private readonly call: ReportCall,
    snapshot: report.Snapshot & { readonly entries: readonly UnitReport[] },
    private readonly handlers: ReportHandlers,
  ) {
    this.#version = snapshot.protocol_version;
    call.on('data', (response: report.ReportResponse) => this.#receive(response));
    call.on('error', (error: CallError) => this.#end(errorOfStatus(error)));
    call.on('end', () => this.#end(new GivcError('UNAVAILABLE', 'the admin has ended the stream')));
    call.on('drain', () => this.#drained());
    this.#scheduleHeartbeat(snapshot.heartbeat_interval_ms);
    this.#silence = new Timeout(snapshot.heartbeat_interval_ms * silentIntervals, () => this.#timeOut(), {
      onThaw: () => this.#sendHeartbeat(),
    });
    for (const entry of snapshot.entries) this.#remember(entry);
    this.#write({ message: { $case: 'snapshot', value: snapshot } });
  }

  /** Sends the new state of a unit. */
  send(entry: UnitReport): void {
    if (this.#state.state === 'ended') return;
    if (this.#output.state === 'blocked') this.#output.pending.set(entry.registration.Name, entry);
    else this.#writeUnit(entry);
  }

  /** Resolves once the admin has acknowledged everything sent so far, or the stream has ended. */
  flush(): Promise<void> {
    const count = this.#sent + (this.#output.state === 'blocked' ? this.#output.pending.size : 0);
    if (this.#state.state === 'ended' || this.#hasAcknowledged(count)) return Promise.resolve();
    return new Promise((resolve) => this.#flushes.add({ count, resolve }));
  }

  close(): void {
    this.#end(new GivcError('CANCELLED', 'the agent stops'));
  }

  #setState(state: State): void {
    this.#state = state;
    if (state.state !== 'ended') return;
    clearTimeout(this.#heartbeat);
    this.#silence.cancel();
    this.#output = { state: 'ready' };
    this.call.cancel();
    for (const { resolve } of this.#flushes) resolve();
    this.#flushes.clear();
  }

  #hasAcknowledged(count: number): boolean {
    return this.#state.state === 'open' && this.#acknowledged >= count;
  }

  #receive({ message }: report.ReportResponse): void {
    if (this.#state.state === 'ended') return;
    this.#silence.restart();
    switch (message?.$case) {
      case 'snapshot_accepted':
        this.#accepted(message.value);
        break;
      case 'acknowledged':
        this.#acknowledged = message.value.count;
        break;
      case 'rejected':
        this.#entries.delete(message.value.name);
        this.handlers.rejected(message.value);
        break;
      case 'heartbeat':
        return;
      // A message of a newer version of the protocol.
      case undefined:
        return;
    }
    for (const flush of this.#flushes)
      if (this.#hasAcknowledged(flush.count)) {
        this.#flushes.delete(flush);
        flush.resolve();
      }
  }

  #accepted(accepted: report.SnapshotAccepted): void {
    const version = Math.min(this.#version, accepted.protocol_version);
    this.#setState({ state: 'open', heartbeats: version >= pingHeartbeatVersion ? 'pings' : 'messages' });
    for (const { name } of accepted.rejected) this.#entries.delete(name);
    this.handlers.accepted(accepted);
  }

  /**
   * All agents send theirs at the same moments, the multiples of the interval by the wall clock, so that the admin
   * wakes once for all of them.
   */
  #scheduleHeartbeat(intervalMs: number): void {
    const leftMs = intervalMs - (Date.now() % intervalMs);
    // The timer may be some milliseconds early.
    const waitMs = leftMs < intervalMs / 10 ? leftMs + intervalMs : leftMs;
    this.#heartbeat = setTimeout(() => {
      this.#scheduleHeartbeat(intervalMs);
      this.#sendHeartbeat();
    }, waitMs);
  }

  /**
   * The admin answers each heartbeat, so that each side knows that the other is alive. The answer to a PING comes from
   * below the report stream. While the admin owes an acknowledgement of units it does not count, so that a stream whose
   * messages the admin does not process is noticed like a lost connection.
   */
  #sendHeartbeat(): void {
    if (this.#state.state === 'open' && this.#state.heartbeats === 'pings')
      this.call.ping(() => {
        if (this.#hasAcknowledged(this.#sent)) this.#silence.restart();
      });
    else if (this.#output.state === 'ready') this.#write({ message: { $case: 'heartbeat', value: {} } });
  }

  #drained(): void {
    const before = this.#output;
    this.#output = { state: 'ready' };
    if (before.state === 'blocked') for (const entry of before.pending.values()) this.send(entry);
  }

  #writeUnit(entry: UnitReport): void {
    const { ending, since_ms } = entry;
    const { Name: name, State: status } = entry.registration;
    const isKnown = this.#entries.has(name);
    this.#remember(entry);
    this.#sent++;
    this.#write({
      message: isKnown
        ? { $case: 'update', value: { name, status, ending, since_ms } }
        : { $case: 'entry', value: entry },
    });
  }

  #remember(entry: UnitReport): void {
    const { Name: name } = entry.registration;
    if (isLast(entry)) this.#entries.delete(name);
    else this.#entries.add(name);
  }

  #write(request: report.ReportRequest): void {
    if (!this.call.write(request)) this.#output = { state: 'blocked', pending: new Map() };
  }

  #timeOut(): void {
    this.#setState({ state: 'ended' });
    this.handlers.silent(new GivcError('DEADLINE_EXCEEDED', 'no message from the admin within the heartbeat timeout'));
  }

  #end(error: GivcError): void {
    if (this.#state.state === 'ended') return;
    this.#setState({ state: 'ended' });
    this.handlers.ended(error);
  }
}
