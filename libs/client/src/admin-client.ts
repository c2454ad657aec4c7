// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { powerTransitionOf, type Endpoint, type UnitName } from '@givc/model';
import {
  Dialer,
  GrpcDialer,
  RpcChannel,
  admin,
  type CallSettings,
  type ctap,
  doctor,
  history,
  journal,
  type notify,
  report,
  resources,
  type stats,
  type systemd,
  TlsIdentity,
  type TlsMaterial,
} from '@givc/rpc';
import { deadlines } from './deadlines.js';
import { watchRegistry, type WatchEvent, type WatchOptions } from './watch.js';

const rpc = admin.AdminServiceService;
const machines = report.MachinesService;
const policies = report.PoliciesService;
const checks = doctor.DoctorService;
const historyService = history.HistoryServiceService;
const journals = journal.JournalServiceService;
const usages = resources.ResourcesServiceService;

/** The options of one call. */
export interface CallOptions {
  /** Aborting it ends the call, which then fails with CANCELLED. */
  readonly signal?: AbortSignal;
  /** The timeout of the whole call, in milliseconds, instead of the one in `deadlines`; then DEADLINE_EXCEEDED. */
  readonly deadlineMs?: number;
}

const within = (deadlineMs: number, options?: CallOptions): CallSettings => ({
  signal: options?.signal,
  deadlineMs: options?.deadlineMs ?? deadlineMs,
});

/**
 * The admin, one method for each of its rpcs, over one connection that opens at the first call and again after it was
 * lost. Requests and responses are the messages of `admin.AdminService`, `report.Machines`, `report.Policies`,
 * `doctor.Doctor`, `history.HistoryService`, `journal.JournalService` and `resources.ResourcesService` (proto/), with
 * their field names. A single response has the timeout in `deadlines`; a stream has none.
 *
 * Every failure is a `GivcError`: `reason` is the name of the gRPC status code (UNAVAILABLE without a connection),
 * `field` names the invalid field of the request, and `info` is google.rpc.ErrorInfo, where the admin sends them. The
 * original's admin sends neither, and uses INVALID_ARGUMENT for most failures.
 */
export class AdminClient {
  readonly #channel: RpcChannel;
  readonly #dialer: Dialer;
  readonly #closing = new AbortController();

  /**
   * `endpoint.name` is the first DNS name of the admin's certificate. `tls` is this machine's certificate, by which the
   * admin knows the caller; without it calls are plain text, and neither side is verified.
   */
  constructor(
    private readonly endpoint: Endpoint,
    tls: TlsMaterial | Dialer | undefined,
  ) {
    this.#dialer = tls instanceof Dialer ? tls : new GrpcDialer(tls && new TlsIdentity(tls));
    this.#channel = new RpcChannel(endpoint, this.#dialer);
  }

  /**
   * Registers an agent or a unit. Only agents need this; a caller may register only the machine that its certificate
   * names, and its units.
   */
  registerService(request: admin.RegistryRequest, options?: CallOptions): Promise<admin.RegistryResponse> {
    return this.#channel.unary(rpc.registerService, request, within(deadlines.answer, options));
  }

  /**
   * Starts an instance of an application, after its VM if that is not running. `registryId` is the instance. When the
   * instance fails, `info` of FAILED_PRECONDITION is `INSTANCE_FAILED`, with its name as `unit`.
   */
  startApplication(request: admin.ApplicationRequest, options?: CallOptions): Promise<admin.StartResponse> {
    return this.#channel.unary(rpc.startApplication, request, within(deadlines.boot, options));
  }

  /** Boots a VM, and resolves once its agent has registered. `registryId` is the registry name of the agent. */
  startVm(request: admin.StartVMRequest, options?: CallOptions): Promise<admin.StartResponse> {
    return this.#channel.unary(rpc.startVm, request, within(deadlines.boot, options));
  }

  /** Starts a unit. If the unit suspends a machine, resolves once the machine is awake again. */
  startService(request: admin.ServiceRequest, options?: CallOptions): Promise<admin.StartResponse> {
    const sleeps = powerTransitionOf(request.ServiceName as UnitName) === 'sleep';
    const deadlineMs = sleeps ? deadlines.sleep : deadlines.job;
    return this.#channel.unary(rpc.startService, request, within(deadlineMs, options));
  }

  /** Stops a unit, and resolves when systemd has stopped it. */
  stopService(request: admin.ServiceRequest, options?: CallOptions): Promise<admin.ApplicationResponse> {
    return this.#channel.unary(rpc.stopService, request, within(deadlines.job, options));
  }

  /** Freezes an instance, or every instance of `foo@`. */
  pauseApplication(request: admin.ApplicationRequest, options?: CallOptions): Promise<admin.ApplicationResponse> {
    return this.#channel.unary(rpc.pauseApplication, request, within(deadlines.job, options));
  }

  /** Thaws what `pauseApplication` froze. */
  resumeApplication(request: admin.ApplicationRequest, options?: CallOptions): Promise<admin.ApplicationResponse> {
    return this.#channel.unary(rpc.resumeApplication, request, within(deadlines.job, options));
  }

  /** Stops an instance, or every instance of `foo@`. */
  stopApplication(request: admin.ApplicationRequest, options?: CallOptions): Promise<admin.ApplicationResponse> {
    return this.#channel.unary(rpc.stopApplication, request, within(deadlines.job, options));
  }

  /** Sets the locale of every machine, also of those that register later. */
  setLocale(request: admin.LocaleRequest, options?: CallOptions): Promise<admin.Empty> {
    return this.#channel.unary(rpc.setLocale, request, within(deadlines.job, options));
  }

  /** Sets the timezone of every machine, also of those that register later. */
  setTimezone(request: admin.TimezoneRequest, options?: CallOptions): Promise<admin.Empty> {
    return this.#channel.unary(rpc.setTimezone, request, within(deadlines.job, options));
  }

  /** Shuts the computer down. Resolves when the host has begun. */
  poweroff(request: admin.Empty = {}, options?: CallOptions): Promise<admin.Empty> {
    return this.#channel.unary(rpc.poweroff, request, within(deadlines.job, options));
  }

  /** Restarts the computer. Resolves when the host has begun. */
  reboot(request: admin.Empty = {}, options?: CallOptions): Promise<admin.Empty> {
    return this.#channel.unary(rpc.reboot, request, within(deadlines.job, options));
  }

  /** Resolves when the machine is awake again. */
  suspend(request: admin.Empty = {}, options?: CallOptions): Promise<admin.Empty> {
    return this.#channel.unary(rpc.suspend, request, within(deadlines.sleep, options));
  }

  /** Fails with UNIMPLEMENTED at every admin; it exists because the contract has it. */
  wakeup(request: admin.Empty = {}, options?: CallOptions): Promise<admin.Empty> {
    return this.#channel.unary(rpc.wakeup, request, within(deadlines.job, options));
  }

  /** The present status of a unit, from its agent, in the words of systemctl(1). */
  getUnitStatus(request: admin.UnitStatusRequest, options?: CallOptions): Promise<systemd.UnitStatus> {
    return this.#channel.unary(rpc.getUnitStatus, request, within(deadlines.answer, options));
  }

  /** The memory in bytes, the load, and the processes of one machine since the previous call. */
  getStats(request: admin.StatsRequest, options?: CallOptions): Promise<stats.StatsResponse> {
    return this.#channel.unary(rpc.getStats, request, within(deadlines.answer, options));
  }

  /** Every registry entry: agents, units, VMs and running applications. */
  queryList(request: admin.Empty = {}, options?: CallOptions): Promise<admin.QueryListResponse> {
    return this.#channel.unary(rpc.queryList, request, within(deadlines.answer, options));
  }

  /**
   * The registry: its list as one event, then every change once, in order. When the connection is lost, or the admin
   * does not answer for 8 s, it emits `disconnected` and begins again, with a backoff of 0.1 to 1 s. The new list is
   * also one event, so that no state is lost or repeated. The watch uses a connection of its own. Leaving the
   * iteration, aborting the signal or closing the client ends it. Throws errors that a retry would not change, such as
   * PERMISSION_DENIED.
   */
  watch({ signal }: WatchOptions = {}): AsyncGenerator<WatchEvent, void, undefined> {
    const closing = this.#closing.signal;
    return watchRegistry(
      () => new AdminClient(this.endpoint, this.#dialer),
      signal ? AbortSignal.any([signal, closing]) : closing,
    );
  }

  /**
   * The rpc `Watch` itself: exactly one `Initial`, then every change once, in order. Leaving the iteration ends the
   * call; it fails when the connection is lost, but does not notice when the other end disappears without closing it.
   */
  watchOnce(request: admin.Empty = {}, options?: CallOptions): AsyncGenerator<admin.WatchItem, void, undefined> {
    return this.#channel.serverStream(rpc.watch, request, options);
  }

  /** The generations of NixOS that the host can boot. */
  listGenerations(request: admin.Empty = {}, options?: CallOptions): Promise<admin.ListGenerationsResponse> {
    return this.#channel.unary(rpc.listGenerations, request, within(deadlines.job, options));
  }

  /** The output of the update as it arrives; the last message has `Finished`. */
  setGeneration(
    request: admin.SetGenerationRequest,
    options?: CallOptions,
  ): AsyncGenerator<admin.SetGenerationResponse, void, undefined> {
    return this.#channel.serverStream(rpc.setGeneration, request, options);
  }

  /** Shows a notification to the person at a VM. */
  notifyUser(request: admin.UserNotificationRequest, options?: CallOptions): Promise<notify.Status> {
    return this.#channel.unary(rpc.notifyUser, request, within(deadlines.answer, options));
  }

  /** Resolves when a person has touched the key. */
  ctap(request: ctap.CtapRequest, options?: CallOptions): Promise<ctap.CtapResponse> {
    return this.#channel.unary(rpc.ctap, request, within(deadlines.person, options));
  }

  /** Properties of the host: version, secure boot, disk encryption. */
  sysinfo(request: admin.Empty = {}, options?: CallOptions): Promise<stats.SysinfoResponse> {
    return this.#channel.unary(rpc.sysinfo, request, within(deadlines.answer, options));
  }

  /**
   * The machines and the state of their agents. Other implementations of the admin fail with UNIMPLEMENTED or
   * PERMISSION_DENIED.
   */
  listMachines(request: report.ListMachinesRequest = {}, options?: CallOptions): Promise<report.ListMachinesResponse> {
    return this.#channel.unary(machines.listMachines, request, within(deadlines.answer, options));
  }

  /**
   * The policies of each VM, from admins of this implementation like `listMachines`. FAILED_PRECONDITION when the admin
   * sends no policies.
   */
  listPolicies(request: report.ListPoliciesRequest = {}, options?: CallOptions): Promise<report.ListPoliciesResponse> {
    return this.#channel.unary(policies.listPolicies, request, within(deadlines.answer, options));
  }

  /**
   * The past events that match, and with `follow` those to come, in batches. From admins of this implementation like
   * `listMachines`; FAILED_PRECONDITION when the admin keeps no history. Leaving the iteration ends the call.
   */
  queryHistory(
    request: history.QueryHistoryRequest,
    options?: CallOptions,
  ): AsyncGenerator<history.QueryHistoryResponse, void, undefined> {
    return this.#channel.serverStream(historyService.queryHistory, request, options);
  }

  /** The registry as it was; fails like `queryHistory`, and with FAILED_PRECONDITION for a time before the history. */
  getRegistryAt(request: history.GetRegistryAtRequest, options?: CallOptions): Promise<history.GetRegistryAtResponse> {
    return this.#channel.unary(historyService.getRegistryAt, request, within(deadlines.answer, options));
  }

  /** The times of the last boot of one machine or of all, each when its agent has answered. */
  listBoots(
    request: history.ListBootsRequest,
    options?: CallOptions,
  ): AsyncGenerator<history.ListBootsResponse, void, undefined> {
    return this.#channel.serverStream(historyService.listBoots, request, options);
  }

  /**
   * The checks of the admin, or with `vm` those of the agent of that machine, from admins of this implementation like
   * `listMachines`. FAILED_PRECONDITION when the agent has none.
   */
  runChecks(request: doctor.RunChecksRequest, options?: CallOptions): Promise<doctor.RunChecksResponse> {
    return this.#channel.unary(checks.runChecks, request, within(deadlines.answer, options));
  }

  /**
   * The journal of units of a VM, from admins of this implementation like `listMachines`. Leaving the iteration ends
   * the call.
   */
  readJournal(
    request: journal.ReadJournalRequest,
    options?: CallOptions,
  ): AsyncGenerator<journal.ReadJournalResponse, void, undefined> {
    return this.#channel.serverStream(journals.readJournal, request, options);
  }

  /**
   * The resources that the units of a machine, or of all, use now, from admins of this implementation like
   * `listMachines`. A machine that does not answer has the state and the error.
   */
  getUsage(
    request: resources.GetUsageRequest = { vm: '' },
    options?: CallOptions,
  ): Promise<resources.GetUsageResponse> {
    return this.#channel.unary(usages.getUsage, request, within(deadlines.answer, options));
  }

  /** Ends the connection: open calls fail with UNAVAILABLE or CANCELLED, watches end. */
  close(): void {
    this.#closing.abort();
    this.#channel.close();
  }
}
