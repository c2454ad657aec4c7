// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { setTimeout as pause } from 'node:timers/promises';
import { Server, status, type ServerWritableStream } from '@grpc/grpc-js';
import { messageOf, parseVmName, type Endpoint, type UnitStatus } from '@givc/model';
import { admin, GrpcDialer, locale, RpcChannel, systemd as contract, type TlsIdentity } from '@givc/rpc';
import { listen } from './grpc-server.js';
import { OldRegistry, rowOf, type OldRow } from './old-registry.js';
import { invalidArguments, StatusError, unaryHandler } from './old-server.js';

const rpc = admin.AdminServiceService;
const units = contract.UnitControlServiceService;
const successful: admin.ApplicationResponse = { CmdStatus: 'Command successful.', AppStatus: 'Command successful.' };

const agentOf = (vm: string): string => `givc-${vm}.service`;
const unitOf = (vm: string): string => `microvm@${vm}.service`;
const hasEnded = ({ ActiveState, SubState }: UnitStatus): boolean => ActiveState === 'inactive' && SubState === 'dead';

export interface OldAdminOptions {
  readonly identity: TlsIdentity | undefined;
  readonly port?: number;
  /** The time that it waits after the start of a VM: 10 s. */
  readonly booted?: () => Promise<unknown>;
}

/**
 * An admin of the original implementation: it accepts no reports, identifies units by their name alone, answers each
 * failure with INVALID_ARGUMENT, and calls over a new connection each time. `poll` is its work of every 5 s. It leaves
 * out access control, policies, updates, statistics, notifications and the limit of 300 ms for a connection.
 */
export class OldAdmin {
  readonly #server = new Server();
  readonly #registry = new OldRegistry();
  #locale: readonly locale.LocaleAssignment[] = [];
  #timezone = '';
  endpoint!: Endpoint;

  private constructor(private readonly options: OldAdminOptions) {
    this.#serve();
  }

  static async start(options: OldAdminOptions): Promise<OldAdmin> {
    const started = new OldAdmin(options);
    const { identity, port = 0 } = options;
    const bound = await listen(started.#server, identity?.material, `127.0.0.1:${port}`);
    started.endpoint = {
      name: parseVmName('name', 'admin-vm'),
      address: { protocol: 'tcp', host: '127.0.0.1', port: bound },
    };
    return started;
  }

  stop(): Promise<void> {
    this.#server.forceShutdown();
    return Promise.resolve();
  }

  /** Requests the state of agents, and of everything else that belongs to an application's VM, one after another. */
  async poll(): Promise<void> {
    const isPolled = ({ type }: OldRow) => type.service === 'Mgr' || (type.vm === 'AppVM' && type.service !== 'Svc');
    for (const row of this.#registry.rows().filter(isPolled)) {
      let known = row.status;
      try {
        known = await this.#ask(row, 'getUnitStatus');
        this.#registry.update(row.name, known);
      } catch {
        // A row whose agent does not answer stays as it is.
      }
      if (row.type.service === 'App' && hasEnded(known)) this.#registry.remove(row.name);
    }
  }

  #serve(): void {
    const unary = unaryHandler(() => undefined);
    const answering =
      <Request, Response>(handle: (request: Request) => Promise<Response>) =>
      async (request: Request): Promise<Response> => {
        try {
          return await handle(request);
        } catch (error) {
          if (error instanceof StatusError) throw error;
          throw invalidArguments(messageOf(error));
        }
      };
    const toTarget = (target: string) => answering(() => this.#host('startUnit', target).then(() => ({})));
    this.#server.addService(
      {
        ...{ registerService: rpc.registerService, queryList: rpc.queryList, watch: rpc.watch },
        ...{ startVm: rpc.startVm, startApplication: rpc.startApplication, startService: rpc.startService },
        ...{ stopService: rpc.stopService, stopApplication: rpc.stopApplication, getUnitStatus: rpc.getUnitStatus },
        ...{ pauseApplication: rpc.pauseApplication, resumeApplication: rpc.resumeApplication },
        ...{ setLocale: rpc.setLocale, setTimezone: rpc.setTimezone },
        ...{ poweroff: rpc.poweroff, reboot: rpc.reboot, suspend: rpc.suspend, wakeup: rpc.wakeup },
      },
      {
        registerService: unary(rpc.registerService, (request) => this.#register(request)),
        queryList: unary(rpc.queryList, () => Promise.resolve(this.#registry.list())),
        watch: (call: ServerWritableStream<admin.Empty, admin.WatchItem>) => this.#watch(call),
        startVm: unary(
          rpc.startVm,
          answering(async ({ VmName }) => ({ registryId: await this.#startVm(VmName) })),
        ),
        startApplication: unary(
          rpc.startApplication,
          answering((request) => this.#startApplication(request)),
        ),
        startService: unary(
          rpc.startService,
          answering((request) => this.#startService(request)),
        ),
        stopService: unary(
          rpc.stopService,
          answering(async ({ ServiceName, VmName }) => {
            const ended = await this.#ask(this.#registry.row(agentOf(VmName)), 'stopUnit', ServiceName);
            if (!hasEnded(ended)) throw new Error(`Failed to stop ${ServiceName} on ${VmName}`);
            return successful;
          }),
        ),
        pauseApplication: unary(rpc.pauseApplication, this.#ofApplication('freezeUnit', answering)),
        resumeApplication: unary(rpc.resumeApplication, this.#ofApplication('unfreezeUnit', answering)),
        stopApplication: unary(rpc.stopApplication, this.#ofApplication('stopUnit', answering)),
        getUnitStatus: unary(
          rpc.getUnitStatus,
          answering(({ VmName, UnitName }) =>
            this.#ask(this.#registry.row(agentOf(VmName)), 'getUnitStatus', UnitName),
          ),
        ),
        setLocale: unary(
          rpc.setLocale,
          answering(({ assignments }) => this.#setLocale(assignments)),
        ),
        setTimezone: unary(
          rpc.setTimezone,
          answering(({ Timezone }) => this.#setTimezone(Timezone)),
        ),
        poweroff: unary(rpc.poweroff, toTarget('poweroff.target')),
        reboot: unary(rpc.reboot, toTarget('reboot.target')),
        suspend: unary(rpc.suspend, toTarget('suspend.target')),
        wakeup: unary(rpc.wakeup, () => Promise.reject(new StatusError(status.UNIMPLEMENTED, 'Not supported'))),
      },
    );
  }

  #register(request: admin.RegistryRequest): Promise<admin.RegistryResponse> {
    let row: OldRow;
    try {
      row = rowOf(request);
    } catch (error) {
      return Promise.reject(new StatusError(status.INVALID_ARGUMENT, messageOf(error)));
    }
    this.#registry.register(row);
    if (row.type.service === 'Mgr') void this.#push(row);
    return Promise.resolve({});
  }

  #watch(call: ServerWritableStream<admin.Empty, admin.WatchItem>): void {
    call.write({ Status: { $case: 'Initial', value: this.#registry.list() } });
    const stop = this.#registry.listen((item) => call.write(item));
    call.on('cancelled', stop);
    call.on('close', stop);
  }

  async #startVm(vm: string): Promise<string> {
    const unit = unitOf(vm);
    const known = await this.#host('getUnitStatus', unit);
    if (known.LoadState !== 'loaded') throw new Error(`vm ${unit} not loaded`);
    if (known.ActiveState !== 'active') {
      await this.#host('startUnit', unit);
      await (this.options.booted ?? (() => pause(10_000)))();
      if ((await this.#host('getUnitStatus', unit)).ActiveState !== 'active')
        throw new Error(`Unable to launch VM ${unit}`);
    }
    return agentOf(vm);
  }

  async #startService({ ServiceName, VmName }: admin.ServiceRequest): Promise<admin.StartResponse> {
    const agent = this.#registry.row(agentOf(VmName));
    const known = await this.#ask(agent, 'getUnitStatus', ServiceName);
    if (known.LoadState !== 'loaded') throw new Error(`Service ${ServiceName} is not loaded!`);
    if (known.ActiveState !== 'active' || known.SubState !== 'running')
      await this.#ask(agent, 'startUnit', ServiceName);
    return { registryId: agentOf(VmName) };
  }

  async #startApplication({ AppName, VmName, Args }: admin.ApplicationRequest): Promise<admin.StartResponse> {
    const vm = VmName ?? `${AppName}-vm`;
    const agent = agentOf(vm);
    if (!this.#registry.has(agent)) await this.#startVm(vm);
    const { by } = this.#registry.row(agent);
    if (by.kind !== 'itself') throw new Error(`${agent} is not an agent`);
    let instance = 0;
    while (this.#registry.has(`${AppName}@${instance}.service`)) instance++;
    const UnitName = `${AppName}@${instance}.service`;
    const { UnitStatus: known } = await this.#call(by.endpoint, (channel) =>
      channel.unary(units.startApplication, { UnitName, Args }),
    );
    if (!known) throw new Error('missing unit_status field');
    if (known.ActiveState === 'active')
      this.#registry.register({
        ...{ name: known.Name, type: { vm: 'AppVM', service: 'App' }, status: known, vm },
        by: { kind: 'agent', agent },
      });
    return { registryId: known.Name };
  }

  /** Only the full name of an instance is known. */
  #ofApplication(
    call: 'stopUnit' | 'freezeUnit' | 'unfreezeUnit',
    answering: <Request, Response>(
      handle: (request: Request) => Promise<Response>,
    ) => (request: Request) => Promise<Response>,
  ) {
    return answering(async ({ AppName }: admin.ApplicationRequest) => {
      await this.#ask(this.#registry.row(AppName), call);
      return successful;
    });
  }

  /** Answers before any agent has the setting; failures of agents are ignored. */
  #setLocale(assignments: readonly locale.LocaleAssignment[]): Promise<admin.Empty> {
    if (assignments.length === 0 || assignments.some(({ value }) => value === ''))
      return Promise.reject(new Error('No locale assignments provided'));
    this.#locale = assignments;
    void this.#pushAll();
    return Promise.resolve({});
  }

  #setTimezone(timezone: string): Promise<admin.Empty> {
    if (!/^[A-Z][-+a-zA-Z0-9]*(?:\/[A-Z][-+a-zA-Z0-9_]*)*$/.test(timezone))
      return Promise.reject(new Error('Invalid timezone'));
    this.#timezone = timezone;
    void this.#pushAll();
    return Promise.resolve({});
  }

  async #pushAll(): Promise<void> {
    for (const row of this.#registry.rows()) if (row.type.service === 'Mgr') await this.#push(row);
  }

  async #push({ by }: OldRow): Promise<void> {
    if (by.kind !== 'itself') return;
    const { localeSet, timezoneSet } = locale.LocaleClientService;
    const [assignments, Timezone] = [this.#locale, this.#timezone];
    await this.#call(by.endpoint, async (channel) => {
      if (assignments.length > 0)
        await channel.unary(localeSet, { assignments: [...assignments] }).catch(() => undefined);
      if (Timezone !== '') await channel.unary(timezoneSet, { Timezone }).catch(() => undefined);
    });
  }

  #host(call: 'getUnitStatus' | 'startUnit', unit: string): Promise<UnitStatus> {
    const hosts = this.#registry.rows().filter(({ type }) => type.vm === 'Host' && type.service === 'Mgr');
    if (hosts.length !== 1) return Promise.reject(new Error('No service registered for'));
    return this.#ask(hosts[0]!, call, unit);
  }

  /** Makes a call to the agent that a row belongs to. */
  async #ask(
    row: OldRow,
    call: 'getUnitStatus' | 'startUnit' | 'stopUnit' | 'freezeUnit' | 'unfreezeUnit',
    UnitName = row.name,
  ): Promise<UnitStatus> {
    const by = row.by.kind === 'itself' ? row.by : this.#registry.row(row.by.agent).by;
    if (by.kind !== 'itself') throw new Error(`Agent endpoint ${row.name} is managed`);
    const { UnitStatus: known } = await this.#call(by.endpoint, (channel) => channel.unary(units[call], { UnitName }));
    if (!known) throw new Error('missing unit_status field');
    return known;
  }

  async #call<Answer>(endpoint: Endpoint, act: (channel: RpcChannel) => Promise<Answer>): Promise<Answer> {
    const channel = new RpcChannel(endpoint, new GrpcDialer(this.options.identity));
    try {
      return await act(channel);
    } finally {
      channel.close();
    }
  }
}
