// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import {
  agentUnit,
  formatAddress,
  GivcError,
  messageOf,
  parseUnitName,
  parseUnitStatus,
  type Endpoint,
  type Reason,
  type UnitName,
  type UnitStatus,
  type VmName,
} from '@givc/model';
import {
  isUnknownStatus,
  RpcChannel,
  systemd,
  withBoundedAnswers,
  type CallSettings,
  type ChannelState,
  type Dialer,
  type OutgoingBidiCall,
  type Rpc,
} from '@givc/rpc';
import { asOwnWork } from './on-behalf.js';
import { RelayBudget } from './relay-budget.js';

const units = systemd.UnitControlServiceService;

/**
 * The deadlines of calls to agents: a little more than systemd's default timeouts of a job (DefaultTimeoutStartSec=90s,
 * and the same to stop; systemd-system.conf(5)).
 */
const deadlines = {
  status: 4_000,
  verification: 1_000,
  freeze: 10_000,
  kill: 15_000,
  application: 30_000,
  start: 100_000,
  stop: 190_000,
} as const;

/**
 * The limit of one message of an agent, which is buffered for each open call until it is complete. The longest messages
 * carry 64 KiB of a program's output.
 */
const answerBytes = 128 * 1024;

export interface AgentCallSettings extends CallSettings {
  /** The key of the agent's configuration that enables the rpc, such as `capabilities.exec.enable`. */
  readonly enabledBy?: string;
  /** The caller for which the call is counted; by default that of `OnBehalfInterceptor`. */
  readonly caller?: string;
}

type State =
  /** The endpoint can never be dialled, such as an invalid address. */
  | { readonly state: 'undiallable'; readonly error: GivcError }
  | { readonly state: 'dialled'; readonly channel: RpcChannel }
  /** Calls wait until it is known whether the agent answers over this connection. */
  | { readonly state: 'verifying'; readonly channel: RpcChannel; readonly verification: Promise<void> };

/**
 * The one long-lived channel to the agent of a machine. Methods resolve when the agent has answered that the work is
 * done. They reject with the agent's own rejection, with UNAVAILABLE when it cannot be reached or does not answer in
 * time, or with INTERNAL when its answer has more than 65,536 fields.
 */
export class AgentConnection {
  #state: State;
  readonly #relayed: RelayBudget;

  constructor(
    readonly vm: VmName,
    readonly endpoint: Endpoint,
    dialer: Dialer,
    onState: (state: ChannelState) => void,
  ) {
    this.#state = dial(endpoint, dialer);
    this.#relayed = new RelayBudget(vm);
    this.#channelIfAny?.onState(onState);
  }

  /** The reason why the endpoint can never be dialled, such as an invalid address; undefined when it can be dialled. */
  get problem(): string | undefined {
    return this.#state.state === 'undiallable' ? this.#state.error.message : undefined;
  }

  get #channelIfAny(): RpcChannel | undefined {
    return this.#state.state === 'undiallable' ? undefined : this.#state.channel;
  }

  get #channel(): RpcChannel {
    if (this.#state.state === 'undiallable') throw this.#state.error;
    return this.#state.channel;
  }

  #setState(state: State): void {
    this.#state = state;
  }

  unitStatus(unit: UnitName, caller?: string): Promise<UnitStatus> {
    return this.#unit(units.getUnitStatus, unit, deadlines.status, caller);
  }

  /** Whether the agent answers a call, with a result or an error. It requests the status of the agent's own unit. */
  async answers(): Promise<boolean> {
    try {
      await asOwnWork(() => this.unitStatus(agentUnit(this.vm)));
      return true;
    } catch (error) {
      return isAnswer(error);
    }
  }

  /** `deadlineMs` is for units whose start takes longer than usual. */
  startUnit(unit: UnitName, deadlineMs: number = deadlines.start, caller?: string): Promise<UnitStatus> {
    return this.#unit(units.startUnit, unit, deadlineMs, caller);
  }

  stopUnit(unit: UnitName, caller?: string): Promise<UnitStatus> {
    return this.#unit(units.stopUnit, unit, deadlines.stop, caller);
  }

  freezeUnit(unit: UnitName): Promise<UnitStatus> {
    return this.#unit(units.freezeUnit, unit, deadlines.freeze);
  }

  thawUnit(unit: UnitName): Promise<UnitStatus> {
    return this.#unit(units.unfreezeUnit, unit, deadlines.freeze);
  }

  async startApplication(unit: UnitName, args: readonly string[]): Promise<UnitStatus> {
    const request = { UnitName: unit, Args: [...args] };
    return statusOf(await this.call(units.startApplication, request, { deadlineMs: deadlines.application }), unit);
  }

  /** Calls any rpc. FAILED_PRECONDITION when the agent does not have it; RESOURCE_EXHAUSTED as of `RelayBudget`. */
  async call<Request, Response>(
    method: Rpc<Request, Response>,
    request: Request,
    settings: AgentCallSettings,
  ): Promise<Response> {
    if (this.#state.state === 'verifying') await this.#state.verification;
    try {
      const send = () => this.#channel.unary(withBoundedAnswers(method), request, settings);
      return await this.#relayed.spend(send, settings.caller);
    } catch (error) {
      throw this.explain(error, settings);
    }
  }

  /** Any rpc of an agent on which both sides send. It fails by an event `error`: `explain(errorOfStatus(error), …)`. */
  duplex<Request, Response>(
    method: Rpc<Request, Response>,
    settings: CallSettings = {},
  ): OutgoingBidiCall<Request, Response> {
    return this.#channel.duplex(withBoundedAnswers(method), settings);
  }

  /** Like `call`, for an rpc with a stream of requests. */
  async send<Request, Response>(
    method: Rpc<Request, Response>,
    messages: AsyncIterable<Request>,
    settings: AgentCallSettings,
  ): Promise<Response> {
    if (this.#state.state === 'verifying') await this.#state.verification;
    try {
      return await this.#channel.clientStream(withBoundedAnswers(method), messages, settings);
    } catch (error) {
      throw this.explain(error, settings);
    }
  }

  /** Connects, and reconnects whenever the connection is lost. */
  connect(): void {
    this.#channelIfAny?.keepConnected();
  }

  /**
   * Dials again unless the agent answers within a second. Open calls go on in the meantime; new calls wait.
   */
  verify(): void {
    if (this.#state.state === 'undiallable') return;
    const { channel } = this.#state;
    const settings = { deadlineMs: deadlines.verification };
    const verification: Promise<void> = channel
      .unary(withBoundedAnswers(units.getUnitStatus), { UnitName: agentUnit(this.vm) }, settings)
      .then(
        () => undefined,
        (error: unknown) => {
          if (!isAnswer(this.explain(error, settings))) this.redial();
        },
      )
      .finally(() => {
        if (this.#state.state === 'verifying' && this.#state.verification === verification)
          this.#setState({ state: 'dialled', channel });
      });
    this.#setState({ state: 'verifying', channel, verification });
  }

  /** Closes a connection that may be dead, and dials again. */
  redial(): void {
    this.#channelIfAny?.redial();
  }

  get isReachable(): boolean {
    return this.#channelIfAny?.state === 'READY';
  }

  /** Whether a call would be sent now, or when the current attempt to connect succeeds. */
  get isUsable(): boolean {
    const state = this.#channelIfAny?.state;
    return state === 'READY' || state === 'CONNECTING';
  }

  close(): void {
    this.#channelIfAny?.close();
  }

  async #unit(
    method: Rpc<systemd.UnitRequest, systemd.UnitResponse>,
    unit: UnitName,
    deadlineMs: number,
    caller?: string,
  ): Promise<UnitStatus> {
    return statusOf(await this.call(method, { UnitName: unit }, { deadlineMs, caller }), unit);
  }

  /**
   * The error for the caller of the admin after a failed call to this agent; other errors than a GivcError are returned
   * as it is. Its cause is the same error without the name of the machine, so that errors of several agents can be
   * compared.
   */
  explain(error: unknown, { deadlineMs = Infinity, enabledBy }: AgentCallSettings): unknown {
    if (!(error instanceof GivcError)) return error;
    const { message } = error;
    const failure = (reason: Reason, subject: string, text: string, detail = '') =>
      new GivcError(reason, `${subject}${text}${detail}`, { cause: new GivcError(reason, text, { cause: error }) });
    const own = (reason: Reason) => failure(reason, `${this.vm}: `, message);
    const ofAgent = (reason: Reason, text: string, detail?: string) =>
      failure(reason, `the agent of ${this.vm} (${formatAddress(this.endpoint.address)}) `, text, detail);
    // An error with info came from the agent, not from the connection.
    if (error.info) return own(error.reason);
    switch (error.reason) {
      case 'DEADLINE_EXCEEDED':
        return ofAgent('UNAVAILABLE', `did not answer within ${deadlineMs / 1_000} s`);
      case 'UNAVAILABLE':
      case 'CANCELLED':
        return ofAgent('UNAVAILABLE', 'cannot be reached', `: ${message}`);
      case 'UNIMPLEMENTED':
        return ofAgent('FAILED_PRECONDITION', `does not offer this${fixOf(enabledBy)}`);
      case 'INTERNAL':
        // Agents of the original have no status code for rejections.
        return own(isUnknownStatus(error) ? 'FAILED_PRECONDITION' : 'INTERNAL');
      default:
        return own(error.reason);
    }
  }
}

/** A dialer may throw for an endpoint to which it has no way. */
function dial(endpoint: Endpoint, dialer: Dialer): State {
  try {
    return { state: 'dialled', channel: new RpcChannel(endpoint, dialer, { messageBytes: answerBytes }) };
  } catch (cause) {
    const message = `its endpoint cannot be dialled: ${messageOf(cause)}`;
    return { state: 'undiallable', error: new GivcError('UNAVAILABLE', message, { cause }) };
  }
}

/** Whether the agent has answered a call with this error. */
export const isAnswer = (error: unknown): boolean => error instanceof GivcError && error.reason !== 'UNAVAILABLE';

const fixOf = (enabledBy: string | undefined): string =>
  enabledBy === undefined ? '; a newer agent does' : `; ${enabledBy} in its configuration enables it`;

/**
 * The status in an answer, of the unit that the agent names: it may have handed over to another instance. Throws
 * INTERNAL when the answer breaks the contract.
 */
function statusOf({ UnitStatus: status }: systemd.UnitResponse, unit: UnitName): UnitStatus {
  if (!status) throw new GivcError('INTERNAL', `the agent answered without a status of ${unit}`);
  try {
    return parseUnitStatus('UnitStatus', unitIn(status) ?? unit, status);
  } catch (error) {
    throw new GivcError('INTERNAL', `the agent answered with an invalid status of ${unit}: ${messageOf(error)}`);
  }
}

function unitIn({ Name }: UnitStatus): UnitName | undefined {
  try {
    return parseUnitName('Name', Name);
  } catch {
    return undefined;
  }
}
