import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import {
  formatAddress,
  GivcError,
  messageOf,
  reportsKey,
  type Endpoint,
  type UnitName,
  type VmType,
} from '@givc/model';
import { Access } from '@givc/access';
import { Log } from '@givc/log';
import { admin, clientCredentials, GrpcServer, RpcChannel, type ChannelState } from '@givc/rpc';
import { Systemd } from '@givc/systemd';
import { AgentConfig } from '../agent.config.js';
import { agentRequest, unitRequest } from './requests.js';
import { TrackedUnits, type TrackedUnit } from './tracked-units.js';

const answerLimitMs = 5_000;
const firstRetryMs = 1_000;
const lastRetryMs = 30_000;
/** When the admin takes changes more slowly than they come, all is told anew instead of one after another. */
const maxPending = 1_000;

/** A change to tell, or somebody who waits until all before it is told. */
type Pending = TrackedUnit | (() => void);

type State =
  /** Not connected; whatever changes is told at the registration. */
  | { readonly state: 'waiting' }
  /** All is being told; what changes meanwhile is told afterwards. */
  | { readonly state: 'registering'; readonly pending: Pending[] }
  /** Changes are told one after another, in order. */
  | { readonly state: 'registered'; readonly pending: Pending[]; sending: boolean };

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
  #closed = false;

  constructor(
    private readonly config: AgentConfig,
    private readonly server: GrpcServer,
    private readonly systemd: Systemd,
    private readonly units: TrackedUnits,
    private readonly log: Log,
    access: Access,
  ) {
    this.#channel = new RpcChannel(config.admin, clientCredentials(access.identity));
  }

  onApplicationBootstrap(): void {
    this.server.listening.then(() => this.#start()).catch((error: unknown) => this.#complain(error));
  }

  onApplicationShutdown(): void {
    this.#closed = true;
    clearTimeout(this.#retry);
    this.#channel.close();
  }

  async #start(): Promise<void> {
    await this.#followConfiguredUnits();
    await this.#followRunningApplications();
    if (this.#closed) return;
    this.units.onChange((tracked) => this.#changed(tracked));
    this.#channel.onState((state) => this.#connection(state));
    this.#channel.connect();
  }

  /**
   * Resolves once the admin knows all that has changed so far, so that what it is answered afterwards is no news.
   * An admin that is away is not waited for.
   */
  told(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#state.state === 'waiting') return resolve();
      this.#state.pending.push(resolve);
      this.#drain();
    });
  }

  /** Whoever waits for the old state to be told is not kept waiting. */
  #become(state: State): void {
    const before = this.#state;
    this.#state = state;
    if (before.state === 'waiting' || (state.state !== 'waiting' && state.pending === before.pending)) return;
    for (const pending of before.pending) if (typeof pending === 'function') pending();
  }

  #connection(state: ChannelState): void {
    if (state === 'READY') return void this.#register();
    if (this.#state.state === 'registered')
      this.log.warn('admin lost', { admin: formatAddress(this.config.admin.address) });
    this.#become({ state: 'waiting' });
    if (state === 'IDLE') this.#channel.connect();
  }

  async #register(): Promise<void> {
    clearTimeout(this.#retry);
    const registering: State = { state: 'registering', pending: [] };
    this.#become(registering);
    try {
      await this.#send(agentRequest(this.config, this.#self));
      await Promise.all([...this.units.all()].map((tracked) => this.#tell(tracked)));
    } catch (error) {
      if (this.#state === registering) this.#retryLater(error);
      return;
    }
    if (this.#state !== registering) return;
    this.#retryMs = firstRetryMs;
    this.#complaint = undefined;
    this.#become({ state: 'registered', pending: registering.pending, sending: false });
    this.log.info('registered', {
      admin: formatAddress(this.config.admin.address),
      units: [...this.units.all()].length,
    });
    this.#drain();
  }

  #changed(tracked: TrackedUnit): void {
    if (this.#state.state === 'waiting') return;
    if (this.#state.pending.length >= maxPending) return void this.#register();
    this.#state.pending.push(tracked);
    this.#drain();
  }

  /** A failure leaves the rest to the registration that follows it. */
  #drain(): void {
    const state = this.#state;
    if (state.state !== 'registered' || state.sending) return;
    let next = state.pending.shift();
    for (; typeof next === 'function'; next = state.pending.shift()) next();
    if (!next) return;
    state.sending = true;
    this.#tell(next)
      .then(() => {
        state.sending = false;
        if (this.#state === state) this.#drain();
      })
      .catch((error: unknown) => {
        if (this.#state === state) this.#retryLater(error);
      });
  }

  /** One unit that the admin refuses does not keep the others from being told. */
  async #tell(tracked: TrackedUnit): Promise<void> {
    try {
      await this.#send(unitRequest(this.config, this.#self, tracked));
    } catch (error) {
      if (isAbsence(error)) throw error;
      this.log.warn('the admin refuses a unit', { unit: tracked.unit, error: messageOf(error) });
    }
  }

  async #send(request: admin.RegistryRequest): Promise<void> {
    const answer = await this.#channel.unary(admin.AdminServiceService.registerService, request, {
      deadlineMs: answerLimitMs,
      metadata: { [reportsKey]: '1' },
    });
    if (answer.Error) throw new GivcError('FAILED_PRECONDITION', answer.Error);
  }

  #retryLater(error: unknown): void {
    this.#become({ state: 'waiting' });
    if (!isAbsence(error)) this.#complain(error);
    this.#retry = setTimeout(() => {
      if (this.#channel.state === 'READY') void this.#register();
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

  async #followConfiguredUnits(): Promise<void> {
    const { services, vmServices } = this.config.capabilities;
    const vm = this.config.identity.type.vm;
    const follow = (unit: UnitName, of: VmType, service: TrackedUnit['service']) =>
      this.units.follow(unit, of, service);
    await Promise.all([
      ...services.filter((unit) => unit.endsWith('.service')).map((unit) => follow(unit, vm, 'Svc')),
      ...(vmServices.adminVm ? [follow(vmServices.adminVm, 'AdmVM', 'VM')] : []),
      ...vmServices.systemVms.map((unit) => follow(unit, 'SysVM', 'VM')),
      ...vmServices.appVms.map((unit) => follow(unit, 'AppVM', 'VM')),
    ]);
  }

  /** Those that an earlier run of this agent has started. */
  async #followRunningApplications(): Promise<void> {
    const patterns = this.config.capabilities.applications.map(({ name }) => `${name}@*.service`);
    if (patterns.length === 0) return;
    const running = await this.systemd.listUnits(patterns);
    await Promise.all(
      running.map((status) => this.units.follow(status.Name as UnitName, this.config.identity.type.vm, 'App')),
    );
  }
}

/** The admin was not there, or went away: the connection comes back by itself. */
const isAbsence = (error: unknown): boolean =>
  error instanceof GivcError && ['UNAVAILABLE', 'DEADLINE_EXCEEDED', 'CANCELLED'].includes(error.reason);
