// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { formatAddress, GivcError, messageOf, parseLines, parseText, type Endpoint } from '@givc/model';
import { adviceOnConnection } from '@givc/checks';
import { DaemonStatus } from '@givc/daemon';
import { Log, LogOnce, type Fields } from '@givc/log';
import { admin, Dialer, GrpcServer, listServices, report, RpcChannel, type ChannelState } from '@givc/rpc';
import { SerialQueue } from '@givc/queue';
import { Backoff, retry } from '@givc/time';
import { AgentSettings } from '../config/agent-settings.js';
import { BootId } from './boot-id.js';
import { ConfiguredUnits } from './configured-units.js';
import { agentRequest, snapshotOf, unitEntry, unitRequest } from './registry-requests.js';
import { ReportStream } from './report-stream.js';
import { TrackedUnits, type TrackedUnit } from './tracked-units.js';
import { isAbsence, UnaryRegistration } from './unary-registration.js';

const answerLimitMs = 5_000;
/** The backoff after an admin has answered with an error. */
const adminBackoff = { firstMs: 1_000, lastMs: 30_000 };
/** The backoff while systemd is not on the bus, which may happen for a moment while a session starts. */
const systemdBackoff = { firstMs: 50, lastMs: 2_000 };
/** The maximum length of each text of an admin that is logged. */
const textMax = 2_048;

type State =
  /** There is no admin; changes become part of the next snapshot. */
  | { readonly state: 'waiting' }
  | { readonly state: 'reporting'; readonly stream: ReportStream; readonly replaced: readonly ReportStream[] }
  /** The admin does not serve reports, or denies those of this agent. */
  | { readonly state: 'registering'; readonly registration: UnaryRegistration };

/**
 * Registers this agent and its units as soon as the admin answers, and again after each loss of the connection, and
 * sends each change of a unit. An unreachable admin is not logged.
 */
@Injectable()
export class RegistrationService implements OnApplicationBootstrap, OnApplicationShutdown {
  /** For people: whether this agent is registered. */
  readonly status: DaemonStatus;
  readonly #channel: RpcChannel;
  #state: State = { state: 'waiting' };
  /** Whether the admin has accepted it; never while there is none. */
  #isRegistered = false;
  readonly #backoff = new Backoff(adminBackoff);
  #retry: NodeJS.Timeout | undefined;
  readonly #problems = new LogOnce();
  readonly #following = new SerialQueue();
  readonly #closing = new AbortController();

  constructor(
    private readonly settings: AgentSettings,
    private readonly server: GrpcServer,
    private readonly configured: ConfiguredUnits,
    private readonly units: TrackedUnits,
    private readonly log: Log,
    private readonly bootId: BootId,
    dialer: Dialer,
  ) {
    this.#channel = new RpcChannel(settings.admin, dialer);
    this.status = new DaemonStatus(this.#waiting);
  }

  onApplicationBootstrap(): void {
    this.server.listening.then(() => this.#start()).catch((error: unknown) => this.#logError(error));
  }

  onApplicationShutdown(): void {
    this.#closing.abort();
    clearTimeout(this.#retry);
    this.#setState({ state: 'waiting' });
    this.#channel.close();
  }

  /** How the admin learns of this agent: by its stream of reports, by registrations, or not (yet). */
  get registers(): State['state'] {
    return this.#isRegistered ? this.#state.state : 'waiting';
  }

  /** Resolves once the admin has acknowledged every change so far; resolves at once while there is no admin. */
  flush(): Promise<void> {
    switch (this.#state.state) {
      case 'waiting':
        return Promise.resolve();
      case 'reporting':
        return this.#state.stream.flush();
      case 'registering':
        return this.#state.registration.flush();
    }
  }

  async #start(): Promise<void> {
    this.configured.onReplaced(() => void this.#following.run(() => this.#reconfigured()));
    await this.#following.run(() => this.#trackAll());
    if (this.#closing.signal.aborted) return;
    this.units.onChange((tracked) => this.#changed(tracked));
    this.#channel.onState((state) => this.#connection(state));
    this.#channel.onFailure((failure) => {
      const { message, fix, isOfTls } = adviceOnConnection(failure);
      this.status.set(isOfTls ? `${this.#waiting}, which ${message}; ${fix}` : this.#waiting);
    });
    this.#channel.onReplaced(() => this.#renewed());
    this.#channel.keepConnected();
  }

  async #trackAll(): Promise<void> {
    const onFailure = (error: unknown) => this.#logError(error);
    await retry(() => this.configured.trackAll(), { backoff: systemdBackoff, signal: this.#closing.signal, onFailure });
  }

  /** A new snapshot has all units that there are now; an admin without reports gets those that are new. */
  async #reconfigured(): Promise<void> {
    const before = new Set(Array.from(this.units.all(), ({ unit }) => unit));
    await this.#trackAll();
    if (this.#state.state === 'reporting') return this.#renewed();
    for (const tracked of this.units.all()) if (!before.has(tracked.unit)) this.#changed(tracked);
  }

  #setState(state: State): void {
    const before = this.#state;
    this.#state = state;
    if (state.state === 'waiting') {
      this.#isRegistered = false;
      this.status.set(this.#waiting);
    }
    const kept = state.state === 'reporting' ? state.replaced : [];
    switch (before.state) {
      case 'waiting':
        return;
      case 'reporting':
        for (const stream of [before.stream, ...before.replaced]) if (!kept.includes(stream)) stream.close();
        return;
      case 'registering':
        return before.registration.close();
    }
  }

  #connection(state: ChannelState): void {
    if (state === 'READY') return this.#report();
    if (this.#state.state !== 'waiting')
      this.log.warn('admin lost', { admin: formatAddress(this.settings.admin.address) });
    this.#setState({ state: 'waiting' });
  }

  #changed(tracked: TrackedUnit): void {
    switch (this.#state.state) {
      case 'waiting':
        return;
      case 'reporting':
        return this.#state.stream.send(unitEntry(this.settings, this.#self, tracked));
      case 'registering':
        return this.#state.registration.send(unitRequest(this.settings, this.#self, tracked));
    }
  }

  /** The configuration has changed, or the certificate of the stream's connection expires and another one is ready. */
  #renewed(): void {
    if (this.#state.state !== 'reporting') return;
    const { stream, replaced } = this.#state;
    this.#report([...replaced, stream]);
  }

  /** The replaced streams stay open until the admin has accepted the snapshot, so that the agent is never lost. */
  #report(replaced: readonly ReportStream[] = []): void {
    clearTimeout(this.#retry);
    const { settings, bootId, units, configured } = this;
    const snapshot = snapshotOf(settings, this.#self, bootId, units.all(), configured.applications);
    let isAccepted = false;
    const stream: ReportStream = new ReportStream(this.#channel.duplex(report.ReportsService.report, {}), snapshot, {
      accepted: ({ rejected, admin_version }) => {
        isAccepted = true;
        for (const older of replaced) older.close();
        for (const { name, reason } of rejected) this.#unitRejected(name, reason);
        this.#registered('reporting', { adminVersion: parseText(admin_version, textMax) });
      },
      rejected: ({ name, reason }) => this.#unitRejected(name, reason),
      silent: (error) => {
        if (isCurrent()) this.#silent(error);
      },
      ended: (error) => {
        if (isCurrent()) this.#ended(error, isAccepted);
      },
    });
    const isCurrent = () => this.#state.state === 'reporting' && this.#state.stream === stream;
    this.#setState({ state: 'reporting', stream, replaced });
  }

  #ended(error: GivcError, wasAccepted: boolean): void {
    this.#setState({ state: 'waiting' });
    switch (error.reason) {
      // The admin does not serve reports.
      case 'UNIMPLEMENTED':
        return this.#register();
      case 'PERMISSION_DENIED':
        this.#reportsDenied(error);
        return this.#register();
      // This machine was frozen for so long that the admin has ended the stream; the connection still works.
      case 'DEADLINE_EXCEEDED':
        return wasAccepted ? this.#report() : this.#retryLater(error);
      default:
        return this.#retryLater(error);
    }
  }

  /** The connection may be dead. */
  #silent(error: GivcError): void {
    this.#setState({ state: 'waiting' });
    this.log.warn('admin lost', { admin: formatAddress(this.settings.admin.address), error: error.message });
    this.#channel.redial();
  }

  #register(): void {
    const registration = new UnaryRegistration(
      agentRequest(this.settings, this.#self),
      () => [...this.units.all()].map((tracked) => unitRequest(this.settings, this.#self, tracked)),
      { register: (request) => this.#send(request), ignoresRepetition: () => this.#ignoresRepetition() },
      {
        registered: () => this.#registered('registering'),
        rejected: (unit, reason) => this.#unitRejected(unit, reason),
        failed: (error) => {
          if (error instanceof GivcError && error.reason === 'DEADLINE_EXCEEDED') this.#silent(error);
          else this.#retryLater(error);
        },
      },
    );
    this.#setState({ state: 'registering', registration });
  }

  async #send(request: admin.RegistryRequest): Promise<void> {
    const { registerService } = admin.AdminServiceService;
    const answer = await this.#channel.unary(registerService, request, { deadlineMs: answerLimitMs });
    if (answer.Error) throw new GivcError('FAILED_PRECONDITION', parseLines(answer.Error, textMax));
  }

  /** The admin serves reports, although reports of this agent are denied. */
  async #ignoresRepetition(): Promise<boolean> {
    try {
      const services = await listServices(this.#channel, { deadlineMs: answerLimitMs });
      return services.some((name) => name.startsWith('report.'));
    } catch (error) {
      if (isAbsence(error)) throw error;
      return false;
    }
  }

  #registered(by: 'reporting' | 'registering', fields: Fields = {}): void {
    this.#isRegistered = true;
    this.#backoff.reset();
    this.#problems.end('registration');
    this.status.set(`registered at ${this.settings.admin.name} (${formatAddress(this.settings.admin.address)})`);
    this.log.info('registered', {
      admin: formatAddress(this.settings.admin.address),
      units: [...this.units.all()].length,
      by,
      ...fields,
    });
  }

  /** Polling is slower than reports, so this is logged; the same reason only once. */
  #reportsDenied({ message }: GivcError): void {
    if (this.#problems.isNew('reports', message))
      this.log.warn('reports denied by the admin, which polls this agent instead', { error: message });
  }

  #unitRejected(unit: string, reason: string): void {
    this.log.warn('unit rejected by the admin', {
      unit: parseText(unit, textMax),
      reason: parseLines(reason, textMax),
    });
  }

  #retryLater(error: unknown): void {
    this.#setState({ state: 'waiting' });
    if (!isAbsence(error)) this.#logError(error);
    this.#retry = setTimeout(() => {
      if (this.#channel.state === 'READY') this.#report();
    }, this.#backoff.next());
  }

  /** The same error is logged once. */
  #logError(error: unknown): void {
    const message = messageOf(error);
    this.status.set(`cannot register: ${message}`);
    if (this.#problems.isNew('registration', message)) this.log.error('cannot register', { error: message });
  }

  get #waiting(): string {
    const { name, address } = this.settings.admin;
    return `waiting for ${name} (${formatAddress(address)})`;
  }

  /** The configured port may be 0; the listening server has the actual one. */
  get #self(): Endpoint {
    return { name: this.settings.self.name, address: this.server.addresses[0] ?? this.settings.self.address };
  }
}
