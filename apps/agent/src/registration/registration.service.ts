import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { formatAddress, GivcError, messageOf, parseLines, parseText, type Endpoint } from '@givc/model';
import { Log } from '@givc/log';
import { admin, Dialer, GrpcServer, report, RpcChannel, type ChannelState } from '@givc/rpc';
import { AgentConfig } from '../agent.config.js';
import { BootId } from './boot-id.js';
import { FollowedUnits } from './followed-units.js';
import { isAbsence, PlainRegistration } from './plain-registration.js';
import { ReportStream } from './report-stream.js';
import { agentRequest, unitChange, unitRequest } from './requests.js';
import { TrackedUnits, type TrackedUnit } from './tracked-units.js';

const answerLimitMs = 5_000;
const firstRetryMs = 1_000;
const lastRetryMs = 30_000;
const [firstPauseMs, lastPauseMs] = [50, 2_000];
/** Of what an admin says in words. */
const textMax = 2_048;

type State =
  /** Nobody to tell; what changes is in the picture of the next time. */
  | { readonly state: 'waiting' }
  | { readonly state: 'reporting'; readonly stream: ReportStream; readonly replaced: readonly ReportStream[] }
  /** The admin takes no reports, or none of ours. */
  | { readonly state: 'registering'; readonly plain: PlainRegistration };

/**
 * Tells the admin who this agent is and what units it has, as soon as the admin answers, again whenever the
 * connection was lost, and each change of a unit as it happens. An admin that is away is waited for quietly.
 */
@Injectable()
export class RegistrationService implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #channel: RpcChannel;
  #state: State = { state: 'waiting' };
  #retryMs = firstRetryMs;
  #retry: NodeJS.Timeout | undefined;
  #complaint: string | undefined;
  #refusal: string | undefined;
  #closed = false;

  constructor(
    private readonly config: AgentConfig,
    private readonly server: GrpcServer,
    private readonly followed: FollowedUnits,
    private readonly units: TrackedUnits,
    private readonly log: Log,
    private readonly bootId: BootId,
    dialer: Dialer,
  ) {
    this.#channel = new RpcChannel(config.admin, dialer);
  }

  onApplicationBootstrap(): void {
    this.server.listening.then(() => this.#start()).catch((error: unknown) => this.#complain(error));
  }

  onApplicationShutdown(): void {
    this.#closed = true;
    clearTimeout(this.#retry);
    this.#become({ state: 'waiting' });
    this.#channel.close();
  }

  /**
   * Resolves once the admin knows all that has changed so far, so that what it is answered afterwards is no news.
   * An admin that is away is not waited for.
   */
  told(): Promise<void> {
    switch (this.#state.state) {
      case 'waiting':
        return Promise.resolve();
      case 'reporting':
        return this.#state.stream.told();
      case 'registering':
        return this.#state.plain.told();
    }
  }

  /** systemd may leave the bus for a moment while a session starts. */
  async #start(pauseMs = firstPauseMs): Promise<void> {
    if (this.#closed) return;
    try {
      await this.followed.followAll();
    } catch (error) {
      this.#complain(error);
      this.#retry = setTimeout(() => void this.#start(Math.min(pauseMs * 2, lastPauseMs)), pauseMs);
      return;
    }
    if (this.#closed) return;
    this.units.onChange((tracked) => this.#changed(tracked));
    this.#channel.onState((state) => this.#connection(state));
    this.#channel.onRenewed(() => this.#renewed());
    this.#channel.keepConnected();
  }

  #become(state: State): void {
    const before = this.#state;
    this.#state = state;
    switch (before.state) {
      case 'waiting':
        return;
      case 'reporting':
        return [before.stream, ...before.replaced].forEach((stream) => stream.close());
      case 'registering':
        return before.plain.close();
    }
  }

  #connection(state: ChannelState): void {
    if (state === 'READY') return this.#report();
    if (this.#state.state !== 'waiting')
      this.log.warn('admin lost', { admin: formatAddress(this.config.admin.address) });
    this.#become({ state: 'waiting' });
  }

  #changed(tracked: TrackedUnit): void {
    switch (this.#state.state) {
      case 'waiting':
        return;
      case 'reporting':
        return this.#state.stream.tell(tracked.unit, unitChange(this.config, this.#self, tracked));
      case 'registering':
        return this.#state.plain.tell(unitRequest(this.config, this.#self, tracked));
    }
  }

  /** The connection of the stream is by a certificate that counts no more in time, and another stands already. */
  #renewed(): void {
    if (this.#state.state !== 'reporting') return;
    const { stream, replaced } = this.#state;
    this.#report([...replaced, stream]);
  }

  /** The streams that it replaces are open until the admin has accepted it, and so this agent is never lost. */
  #report(replaced: readonly ReportStream[] = []): void {
    clearTimeout(this.#retry);
    const picture: report.Picture = {
      Agent: agentRequest(this.config, this.#self),
      Units: [...this.units.all()].map((tracked) => unitChange(this.config, this.#self, tracked)),
      HeartbeatMs: this.config.heartbeatMs,
      BootId: this.bootId.value,
      Number: this.bootId.nextStream(),
    };
    let isAccepted = false;
    const stream: ReportStream = new ReportStream(this.#channel.duplex(report.ReportsService.report, {}), picture, {
      taken: (refused) => {
        isAccepted = true;
        for (const older of replaced) older.close();
        for (const { Name, Why } of refused) this.#unitRefused(Name, Why);
        this.#registered('reporting');
      },
      refused: ({ Name, Why }) => this.#unitRefused(Name, Why),
      silent: (error) => {
        if (isCurrent()) this.#silent(error);
      },
      ended: (error) => {
        if (isCurrent()) this.#ended(error, isAccepted);
      },
    });
    const isCurrent = () => this.#state.state === 'reporting' && this.#state.stream === stream;
    if (replaced.length === 0) this.#become({ state: 'waiting' });
    this.#state = { state: 'reporting', stream, replaced };
  }

  #ended(error: GivcError, wasAccepted: boolean): void {
    this.#become({ state: 'waiting' });
    switch (error.reason) {
      // An admin of another make.
      case 'UNIMPLEMENTED':
        return this.#register();
      case 'PERMISSION_DENIED':
        this.#reportsRefused(error);
        return this.#register();
      // This machine was frozen for so long that the admin has given it up; the connection is as good as before.
      case 'DEADLINE_EXCEEDED':
        return wasAccepted ? this.#report() : this.#retryLater(error);
      default:
        return this.#retryLater(error);
    }
  }

  /** The connection may be open to nowhere. */
  #silent(error: GivcError): void {
    this.#become({ state: 'waiting' });
    this.log.warn('admin lost', { admin: formatAddress(this.config.admin.address), error: error.message });
    this.#channel.redial();
  }

  #register(): void {
    const plain = new PlainRegistration(
      agentRequest(this.config, this.#self),
      () => [...this.units.all()].map((tracked) => unitRequest(this.config, this.#self, tracked)),
      (request) => this.#send(request),
      {
        registered: () => this.#registered('registering'),
        refused: (unit, why) => this.#unitRefused(unit, why),
        failed: (error) => {
          if (error instanceof GivcError && error.reason === 'DEADLINE_EXCEEDED') this.#silent(error);
          else this.#retryLater(error);
        },
      },
    );
    this.#become({ state: 'registering', plain });
  }

  async #send(request: admin.RegistryRequest): Promise<void> {
    const { registerService } = admin.AdminServiceService;
    const answer = await this.#channel.unary(registerService, request, { deadlineMs: answerLimitMs });
    if (answer.Error) throw new GivcError('FAILED_PRECONDITION', parseLines(answer.Error, textMax));
  }

  #registered(by: 'reporting' | 'registering'): void {
    this.#retryMs = firstRetryMs;
    this.#complaint = undefined;
    this.log.info('registered', {
      admin: formatAddress(this.config.admin.address),
      units: [...this.units.all()].length,
      by,
    });
  }

  /** What the admin cannot hear of by itself it has to ask for, which is slower. The same reason is logged once. */
  #reportsRefused({ message }: GivcError): void {
    if (message === this.#refusal) return;
    this.#refusal = message;
    this.log.warn('the admin refuses reports, so it has to poll this agent', { error: message });
  }

  #unitRefused(unit: string, error: string): void {
    this.log.warn('the admin refuses a unit', { unit: parseText(unit, textMax), error: parseLines(error, textMax) });
  }

  #retryLater(error: unknown): void {
    this.#become({ state: 'waiting' });
    if (!isAbsence(error)) this.#complain(error);
    this.#retry = setTimeout(() => {
      if (this.#channel.state === 'READY') this.#report();
    }, this.#retryMs);
    this.#retryMs = Math.min(this.#retryMs * 2, lastRetryMs);
  }

  /** The same complaint is heard once. */
  #complain(error: unknown): void {
    const complaint = messageOf(error);
    if (complaint === this.#complaint) return;
    this.#complaint = complaint;
    this.log.error('cannot register', { error: complaint });
  }

  /** The configured port may be 0; what counts is where the server really listens. */
  get #self(): Endpoint {
    return { name: this.config.self.name, address: this.server.addresses[0] ?? this.config.self.address };
  }
}
