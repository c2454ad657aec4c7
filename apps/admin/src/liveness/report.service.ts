// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Injectable } from '@nestjs/common';
import { Listeners } from '@givc/events';
import {
  fieldError,
  GivcError,
  invalid,
  maxApplications,
  messageOf,
  parseApplicationName,
  parseId,
  type VmName,
} from '@givc/model';
import { Audit, Authorizer, callerOf, expiryOf, mustAuthorizeEntries } from '@givc/access';
import { Log } from '@givc/log';
import { GrpcServer, type report } from '@givc/rpc';
import { Timeout } from '@givc/time';
import { AgentConnections } from '../agents/agent-connections.js';
import { PresenceService } from '../presence/presence.service.js';
import { parseRegistration } from '../registration/registration.js';
import { RegistrationService } from '../registration/registration.service.js';
import { UnitRecorder } from '../registry/unit-recorder.js';
import { IncomingReportStream, type ReportCall } from './incoming-report-stream.js';
import { maxEntries, ReportedEntries, type Reporter } from './reported-entries.js';

/** The fields of a snapshot that describe its stream, and are kept as long as it is open. */
interface StreamHead {
  readonly bootId: string;
  readonly streamNumber: number | undefined;
  readonly agentVersion: string;
  readonly protocolVersion: number;
  readonly applications: report.Applications | undefined;
}

interface OpenStream extends StreamHead {
  readonly stream: IncomingReportStream;
}

/** The facts about an agent that reports. */
export interface ReportingAgent {
  /** The time of its last message, by `performance.now()`. */
  readonly lastSeen: number;
  /** The version of its program; empty when unknown. */
  readonly agentVersion: string;
  /** The version of the protocol; 0 when unknown. */
  readonly protocolVersion: number;
  /** The applications that it may start; undefined when unknown. */
  readonly applications: report.Applications | undefined;
}

/** Whether a stream was opened before the present one, and its snapshot arrives late. */
const isOlder = ({ bootId, streamNumber }: StreamHead, newest: StreamHead): boolean =>
  streamNumber !== undefined &&
  newest.streamNumber !== undefined &&
  bootId === newest.bootId &&
  streamNumber < newest.streamNumber;

/** Each name once. */
function parseApplications({ names }: report.Applications): report.Applications {
  const field = 'Snapshot.applications';
  if (names.length > maxApplications)
    throw fieldError('RESOURCE_EXHAUSTED', field, `too many: expected at most ${maxApplications}`);
  return { names: [...new Set(names.map((name) => parseApplicationName(field, name)))] };
}

/** Throws INVALID_ARGUMENT or RESOURCE_EXHAUSTED with the name of the invalid field. */
const parseHead = (snapshot: report.Snapshot): StreamHead => ({
  bootId: parseId('Snapshot.boot_id', snapshot.boot_id),
  streamNumber: snapshot.stream_number,
  agentVersion: parseId('Snapshot.agent_version', snapshot.agent_version),
  protocolVersion: snapshot.protocol_version,
  applications: snapshot.applications && parseApplications(snapshot.applications),
});

/** Puts the reports of agents into the registry, and marks an agent as lost when its stream ends. */
@Injectable()
export class ReportService {
  readonly #open = new Map<VmName, OpenStream>();
  /**
   * The grace periods of agents whose streams ended because this process was frozen: an agent that reports within it is
   * not lost.
   */
  readonly #gracePeriods = new Map<VmName, Timeout>();
  readonly #updates = new Listeners<[sinceMs: number]>();

  constructor(
    private readonly registration: RegistrationService,
    private readonly units: UnitRecorder,
    private readonly presence: PresenceService,
    private readonly agents: AgentConnections,
    private readonly audit: Audit,
    private readonly authorizer: Authorizer,
    private readonly server: GrpcServer,
    private readonly log: Log,
  ) {
    presence.onTransition(({ vm, after }) => {
      if (after) return;
      this.#endGracePeriod(vm);
      this.#open.get(vm)?.stream.close(new GivcError('ABORTED', `VM "${vm}" does not run any more`));
    });
  }

  /** The agent of a machine; undefined unless it reports. */
  agentOf(vm: VmName): ReportingAgent | undefined {
    const open = this.#open.get(vm);
    return open && { ...open, lastSeen: open.stream.lastSeen };
  }

  /** Calls the listener for each entry or update that is in the registry, with its `since_ms`. */
  onUpdated(listener: (sinceMs: number) => void): void {
    this.#updates.add(listener);
  }

  /** Settles when the stream has ended. */
  async accept(call: ReportCall): Promise<void> {
    let isOpen = true;
    const reporter: Reporter = {
      caller: callerOf(call),
      mustBeAuthorized: mustAuthorizeEntries(call),
      isOpen: () => isOpen,
    };
    const reportedEntries = new ReportedEntries(reporter, this.registration, this.authorizer, this.audit);
    const updated = (sinceMs: number, rejected: report.Rejected | undefined) => {
      if (!rejected) this.#updates.notify(sinceMs);
      return rejected;
    };
    let vm: VmName | undefined;
    const stream: IncomingReportStream = new IncomingReportStream(call, {
      received: () => {
        // TLS cuts the connection, but only up to 3 s after the clock was set past the expiry of the certificate.
        const expiry = reporter.caller.peer && expiryOf(reporter.caller.peer);
        if (expiry !== undefined) throw new GivcError('UNAUTHENTICATED', expiry);
      },
      snapshot: (snapshot) => {
        const applied = this.#applySnapshot(snapshot, reporter, reportedEntries);
        vm = applied.vm;
        const older = this.#open.get(vm)?.stream;
        this.#open.set(vm, { ...applied.head, stream });
        this.#endGracePeriod(vm);
        older?.close(new GivcError('ABORTED', 'another stream of this agent has replaced this one'));
        return applied.rejected;
      },
      entry: (entry) => updated(entry.since_ms, reportedEntries.entry(vm!, entry)),
      update: (update) => updated(update.since_ms, reportedEntries.update(vm!, update)),
      thawed: () => {
        // An agent that has just left cannot be polled.
        if (vm !== undefined) this.#poll(vm, stream).catch(() => undefined);
      },
    });
    try {
      await stream.ended;
    } catch (error) {
      if (vm !== undefined) this.log.debug('report stream ended', { vm, error: messageOf(error) });
      throw error;
    } finally {
      isOpen = false;
      if (vm !== undefined && this.#open.get(vm)?.stream === stream) this.#streamEnded(vm, stream);
    }
  }

  #applySnapshot(snapshot: report.Snapshot, { caller }: Reporter, reportedEntries: ReportedEntries) {
    const { agent, entries } = snapshot;
    if (!agent) throw invalid('Snapshot.agent', 'required');
    if (entries.length > maxEntries)
      throw fieldError('RESOURCE_EXHAUSTED', 'Snapshot.entries', `too many: expected at most ${maxEntries}`);
    const registration = parseRegistration(agent);
    if (registration.kind !== 'agent') throw invalid('Snapshot.agent', `${registration.unit} is registered as a unit`);
    const head = parseHead(snapshot);
    const { vm } = registration;
    const newest = this.#open.get(vm);
    // A snapshot for another agent is rejected below as an unauthorized registration.
    const isOwn = (caller.peer?.name ?? vm) === vm;
    if (isOwn && newest && isOlder(head, newest))
      throw new GivcError('ABORTED', `a newer stream of the agent of ${vm} is open`);
    reportedEntries.agent({ ...registration, bootId: head.bootId }, agent);
    const rejected = entries.map((entry) => reportedEntries.entry(vm, entry)).filter((one) => one !== undefined);
    this.units.forgetOthers(
      vm,
      entries.map((entry) => entry.registration?.Name ?? ''),
    );
    return { vm, head, rejected };
  }

  #streamEnded(vm: VmName, { hasThawed, silenceMs }: IncomingReportStream): void {
    this.#open.delete(vm);
    // The next start of the admin finds out which agents are there.
    if (this.server.isClosing) return;
    const markLost = () => {
      this.#endGracePeriod(vm);
      this.presence.handle(vm, { kind: 'streamEnded' });
    };
    if (!hasThawed) return markLost();
    // An agent that ended its stream to a frozen admin dials again; an agent that cannot be connected has ended.
    const gracePeriod = new Timeout(silenceMs, markLost, { unref: true });
    this.#gracePeriods.set(vm, gracePeriod);
    const connection = this.agents.connection(vm);
    void connection.answers().then((isThere) => {
      if (!isThere && !connection.isReachable && gracePeriod.isPending) markLost();
    });
  }

  /** The agent is present again, or has left the registry. */
  #endGracePeriod(vm: VmName): void {
    this.#gracePeriods.get(vm)?.cancel();
    this.#gracePeriods.delete(vm);
  }

  /** An agent whose clock stood still does not know that a heartbeat is due. */
  async #poll(vm: VmName, stream: IncomingReportStream): Promise<void> {
    if (await this.agents.connection(vm).answers()) stream.markSeen();
  }
}
