// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { setTimeout as pause } from 'node:timers/promises';
import { Server, status } from '@grpc/grpc-js';
import { agentUnit, GivcError, messageOf, parseVmName, transportOf, type Endpoint } from '@givc/model';
import { admin, GrpcDialer, locale, policyadmin, RpcChannel, systemd as contract, type TlsIdentity } from '@givc/rpc';
import type { Systemd } from '@givc/systemd';
import { listen } from './grpc-server.js';
import { OldUnits, type OldApplication } from './old-units.js';
import { StatusError, streamHandler, unaryHandler } from './old-server.js';

const { registerService } = admin.AdminServiceService;
const [retryMs, answerMs, tries] = [1_000, 5_000, 3];

export interface OldAgentOptions {
  readonly name: string;
  readonly admin: Endpoint;
  readonly identity: TlsIdentity | undefined;
  /** Whether the agent's own unit is one of those that run. */
  readonly systemd: Systemd;
  readonly type: number;
  readonly subType: number;
  readonly parent: string;
  readonly services: readonly string[];
  /** The VM units, with the `RegistryRequest.Type` of each. */
  readonly vms: readonly (readonly [unit: string, type: number])[];
  readonly applications: readonly OldApplication[];
  readonly policies: readonly string[];
  /** The address at which it listens; by default on 127.0.0.1. */
  readonly host?: string;
  readonly port: number;
  /** The time for which a start waits whether it was handed over to a running instance: 2 s. */
  readonly handOver?: () => Promise<unknown>;
  /** Runs localectl(1) and timedatectl(1); without it the machine keeps its settings. */
  readonly run?: (program: string, args: readonly string[]) => Promise<unknown>;
  onCall(rpc: string, request: Record<string, unknown>): void;
}

/**
 * An agent of the original implementation. It registers itself until an admin accepts it, then each of its services,
 * once, and never again. It reports nothing, has no health, and answers as that agent was observed to answer. It leaves
 * out capabilities, access control and the limit of 150 ms for each attempt to register, which a busy machine exceeds.
 */
export class OldAgent {
  readonly #server = new Server();
  readonly #stopped = new AbortController();
  readonly #units: OldUnits;
  endpoint!: Endpoint;
  #held = Promise.resolve();

  private constructor(private readonly options: OldAgentOptions) {
    const { name, systemd, services, vms, applications } = options;
    const own = agentUnit(parseVmName('name', name));
    this.#units = new OldUnits(
      systemd,
      [own, ...services, ...vms.map(([unit]) => unit)],
      applications,
      options.handOver ?? (() => pause(2_000)),
    );
    this.#serve();
  }

  /** Resolves once it listens; it then registers by itself. */
  static async start(options: OldAgentOptions): Promise<OldAgent> {
    const agent = new OldAgent(options);
    await agent.#listen();
    agent.#register().catch((error: unknown) => {
      if (!agent.#stopped.signal.aborted) throw error;
    });
    return agent;
  }

  /** Answers nothing until the returned function is called, like a stopped process; its connections stay. */
  hang(): () => void {
    let release = () => {};
    this.#held = new Promise((resolve) => (release = resolve));
    return release;
  }

  /** Breaks every connection, as at the end of the process. */
  stop(): Promise<void> {
    this.#stopped.abort();
    this.#server.forceShutdown();
    return Promise.resolve();
  }

  async #listen(): Promise<void> {
    const { identity, host = '127.0.0.1', port, name } = this.options;
    const bound = await listen(this.#server, identity?.material, `${host}:${port}`);
    this.endpoint = {
      name: parseVmName('name', name),
      address: { protocol: 'tcp', host, port: bound },
    };
  }

  async #register(): Promise<void> {
    const { name, type, subType, parent, services, vms } = this.options;
    const own = agentUnit(parseVmName('name', name));
    while (!(await this.#announce(own, type, parent)))
      await pause(retryMs, undefined, { signal: this.#stopped.signal });
    const units = [...services.map((unit) => [unit, subType] as const), ...vms];
    for (const [unit, kind] of units) if (unit.endsWith('.service')) await this.#announce(unit, kind, own);
  }

  /**
   * Registers over a new connection. Returns whether the admin has accepted the registration; false also while systemd
   * does not answer.
   */
  async #announce(unit: string, type: number, parent: string): Promise<boolean> {
    const { admin: to, identity } = this.options;
    const State = await this.#units.status(unit).catch(() => undefined);
    if (!State) return false;
    const request: admin.RegistryRequest = {
      Name: unit,
      Parent: parent,
      Type: type,
      Transport: transportOf(this.endpoint),
      State,
    };
    const channel = new RpcChannel(to, new GrpcDialer(identity));
    try {
      for (let left = tries; left > 0; left--) {
        this.#stopped.signal.throwIfAborted();
        try {
          await channel.unary(registerService, request, { deadlineMs: answerMs, signal: this.#stopped.signal });
          return true;
        } catch (error) {
          const isTriedAgain =
            error instanceof GivcError && ['NOT_FOUND', 'UNAVAILABLE', 'ABORTED'].includes(error.reason);
          if (!isTriedAgain) return false;
        }
      }
      return false;
    } finally {
      channel.close();
    }
  }

  #serve(): void {
    const units = this.#units;
    const { onCall } = this.options;
    const answer = async (status: Promise<contract.UnitStatus>): Promise<contract.UnitResponse> => ({
      UnitStatus: await status,
    });
    const rpc = contract.UnitControlServiceService;
    const unary = unaryHandler(onCall, () => this.#held);
    const { startApplication, startUnit, stopUnit, killUnit, freezeUnit, unfreezeUnit, getUnitStatus } = rpc;
    this.#server.addService(
      { startApplication, startUnit, stopUnit, killUnit, freezeUnit, unfreezeUnit, getUnitStatus },
      {
        startApplication: unary(startApplication, ({ UnitName, Args }) =>
          answer(units.startApplication(UnitName, Args)),
        ),
        startUnit: unary(startUnit, ({ UnitName }) => answer(units.start(UnitName))),
        stopUnit: unary(stopUnit, ({ UnitName }) => answer(units.stop(UnitName))),
        killUnit: unary(killUnit, ({ UnitName }) => answer(units.kill(UnitName))),
        freezeUnit: unary(freezeUnit, ({ UnitName }) => answer(units.freeze(UnitName))),
        unfreezeUnit: unary(unfreezeUnit, ({ UnitName }) => answer(units.thaw(UnitName))),
        getUnitStatus: unary(getUnitStatus, ({ UnitName }) => answer(units.status(UnitName))),
      },
    );
    const { localeSet, timezoneSet } = locale.LocaleClientService;
    this.#server.addService(
      { localeSet, timezoneSet },
      {
        localeSet: unary(localeSet, ({ assignments }) => this.#setLocale(assignments)),
        timezoneSet: unary(timezoneSet, ({ Timezone }) => this.#setTimezone(Timezone)),
      },
    );
    const { streamPolicy } = policyadmin.PolicyAdminService;
    if (this.options.policies.length > 0)
      this.#server.addService(
        { streamPolicy },
        {
          streamPolicy: streamHandler(onCall, () => this.#held)(streamPolicy, (messages) => this.#takePolicy(messages)),
        },
      );
  }

  async #setLocale(assignments: readonly locale.LocaleAssignment[]): Promise<locale.Empty> {
    if (assignments.length === 0)
      throw new StatusError(status.UNKNOWN, 'cannot set locale: no locale assignments provided');
    const variables = assignments.map(({ key, value }) => [locale.LocaleMacroKey[key], value] as const);
    try {
      await this.options.run?.('localectl', ['set-locale', ...variables.map(([key, value]) => `${key}=${value}`)]);
      await this.options.systemd.setEnvironment(Object.fromEntries(variables));
    } catch (error) {
      throw new StatusError(status.UNKNOWN, `cannot set locale: ${messageOf(error)}`);
    }
    return {};
  }

  async #setTimezone(timezone: string): Promise<locale.Empty> {
    try {
      await this.options.run?.('timedatectl', ['set-timezone', timezone]);
    } catch (error) {
      throw new StatusError(status.UNKNOWN, `cannot set timezone: ${messageOf(error)}`);
    }
    return {};
  }

  async #takePolicy(messages: AsyncIterable<policyadmin.StreamPolicyRequest>): Promise<policyadmin.Status> {
    let name: string | undefined;
    for await (const message of messages) name ??= message.policy_name;
    if (!name) throw new StatusError(status.UNKNOWN, 'policy-admin: policy name is nil');
    if (!this.options.policies.includes(name)) throw new StatusError(status.UNKNOWN, `Unknown policy ${name}.`);
    return { Status: 'Success' };
  }
}
