import { powerTransitionOf, type Endpoint, type UnitName } from '@givc/model';
import {
  Dialer,
  GrpcDialer,
  RpcChannel,
  admin,
  type ctap,
  type notify,
  report,
  type stats,
  type systemd,
  TlsIdentity,
  type TlsMaterial,
} from '@givc/rpc';
import { deadlines } from './deadlines.js';

const rpc = admin.AdminServiceService;
const machines = report.MachinesService;
const policies = report.PoliciesService;

export interface CallOptions {
  /** Aborting it ends the call, which then fails with CANCELLED. */
  readonly signal?: AbortSignal;
}

/**
 * The admin, one method for each of its rpcs, over one connection that opens at the first call. Requests and
 * responses are those of `admin.AdminService`, `report.Machines` and `report.Policies`. Every failure is a `GivcError` with the reason of the status; a
 * single answer is awaited no longer than `deadlines` says, a stream for as long as it is read.
 */
export class AdminClient {
  readonly #channel: RpcChannel;

  /** `endpoint.name` is what the admin's certificate must carry. Without `tls` nothing is encrypted or verified. */
  constructor(endpoint: Endpoint, tls: TlsMaterial | Dialer | undefined) {
    const dialer = tls instanceof Dialer ? tls : new GrpcDialer(tls && new TlsIdentity(tls));
    this.#channel = new RpcChannel(endpoint, dialer);
  }

  registerService(request: admin.RegistryRequest, options?: CallOptions): Promise<admin.RegistryResponse> {
    return this.#channel.unary(rpc.registerService, request, { ...options, deadlineMs: deadlines.answer });
  }

  startApplication(request: admin.ApplicationRequest, options?: CallOptions): Promise<admin.StartResponse> {
    return this.#channel.unary(rpc.startApplication, request, { ...options, deadlineMs: deadlines.boot });
  }

  startVm(request: admin.StartVMRequest, options?: CallOptions): Promise<admin.StartResponse> {
    return this.#channel.unary(rpc.startVm, request, { ...options, deadlineMs: deadlines.boot });
  }

  /** What suspends a machine is awaited until that is awake again. */
  startService(request: admin.ServiceRequest, options?: CallOptions): Promise<admin.StartResponse> {
    const sleeps = powerTransitionOf(request.ServiceName as UnitName) === 'sleep';
    const deadlineMs = sleeps ? deadlines.sleep : deadlines.job;
    return this.#channel.unary(rpc.startService, request, { ...options, deadlineMs });
  }

  stopService(request: admin.ServiceRequest, options?: CallOptions): Promise<admin.ApplicationResponse> {
    return this.#channel.unary(rpc.stopService, request, { ...options, deadlineMs: deadlines.job });
  }

  pauseApplication(request: admin.ApplicationRequest, options?: CallOptions): Promise<admin.ApplicationResponse> {
    return this.#channel.unary(rpc.pauseApplication, request, { ...options, deadlineMs: deadlines.job });
  }

  resumeApplication(request: admin.ApplicationRequest, options?: CallOptions): Promise<admin.ApplicationResponse> {
    return this.#channel.unary(rpc.resumeApplication, request, { ...options, deadlineMs: deadlines.job });
  }

  stopApplication(request: admin.ApplicationRequest, options?: CallOptions): Promise<admin.ApplicationResponse> {
    return this.#channel.unary(rpc.stopApplication, request, { ...options, deadlineMs: deadlines.job });
  }

  setLocale(request: admin.LocaleRequest, options?: CallOptions): Promise<admin.Empty> {
    return this.#channel.unary(rpc.setLocale, request, { ...options, deadlineMs: deadlines.job });
  }

  setTimezone(request: admin.TimezoneRequest, options?: CallOptions): Promise<admin.Empty> {
    return this.#channel.unary(rpc.setTimezone, request, { ...options, deadlineMs: deadlines.job });
  }

  poweroff(request: admin.Empty = {}, options?: CallOptions): Promise<admin.Empty> {
    return this.#channel.unary(rpc.poweroff, request, { ...options, deadlineMs: deadlines.job });
  }

  reboot(request: admin.Empty = {}, options?: CallOptions): Promise<admin.Empty> {
    return this.#channel.unary(rpc.reboot, request, { ...options, deadlineMs: deadlines.job });
  }

  /** Resolves when the machine is awake again. */
  suspend(request: admin.Empty = {}, options?: CallOptions): Promise<admin.Empty> {
    return this.#channel.unary(rpc.suspend, request, { ...options, deadlineMs: deadlines.sleep });
  }

  wakeup(request: admin.Empty = {}, options?: CallOptions): Promise<admin.Empty> {
    return this.#channel.unary(rpc.wakeup, request, { ...options, deadlineMs: deadlines.job });
  }

  getUnitStatus(request: admin.UnitStatusRequest, options?: CallOptions): Promise<systemd.UnitStatus> {
    return this.#channel.unary(rpc.getUnitStatus, request, { ...options, deadlineMs: deadlines.answer });
  }

  getStats(request: admin.StatsRequest, options?: CallOptions): Promise<stats.StatsResponse> {
    return this.#channel.unary(rpc.getStats, request, { ...options, deadlineMs: deadlines.answer });
  }

  queryList(request: admin.Empty = {}, options?: CallOptions): Promise<admin.QueryListResponse> {
    return this.#channel.unary(rpc.queryList, request, { ...options, deadlineMs: deadlines.answer });
  }

  /** Exactly one `Initial`, then every change once, in order. Leaving the iteration ends the watch. */
  watch(request: admin.Empty = {}, options?: CallOptions): AsyncGenerator<admin.WatchItem, void, undefined> {
    return this.#channel.serverStream(rpc.watch, request, options);
  }

  listGenerations(request: admin.Empty = {}, options?: CallOptions): Promise<admin.ListGenerationsResponse> {
    return this.#channel.unary(rpc.listGenerations, request, { ...options, deadlineMs: deadlines.job });
  }

  /** The output of the update as it comes; the last message has `Finished`. */
  setGeneration(
    request: admin.SetGenerationRequest,
    options?: CallOptions,
  ): AsyncGenerator<admin.SetGenerationResponse, void, undefined> {
    return this.#channel.serverStream(rpc.setGeneration, request, options);
  }

  notifyUser(request: admin.UserNotificationRequest, options?: CallOptions): Promise<notify.Status> {
    return this.#channel.unary(rpc.notifyUser, request, { ...options, deadlineMs: deadlines.answer });
  }

  /** Waits for a person who touches the key. */
  ctap(request: ctap.CtapRequest, options?: CallOptions): Promise<ctap.CtapResponse> {
    return this.#channel.unary(rpc.ctap, request, { ...options, deadlineMs: deadlines.person });
  }

  sysinfo(request: admin.Empty = {}, options?: CallOptions): Promise<stats.SysinfoResponse> {
    return this.#channel.unary(rpc.sysinfo, request, { ...options, deadlineMs: deadlines.answer });
  }

  /** Only admins of this code base have it: UNIMPLEMENTED, or PERMISSION_DENIED, by others. */
  listMachines(request: report.ListMachinesRequest = {}, options?: CallOptions): Promise<report.ListMachinesResponse> {
    return this.#channel.unary(machines.listMachines, request, { ...options, deadlineMs: deadlines.answer });
  }

  /** As `listMachines`; FAILED_PRECONDITION when the admin sends no policies. */
  listPolicies(request: report.ListPoliciesRequest = {}, options?: CallOptions): Promise<report.ListPoliciesResponse> {
    return this.#channel.unary(policies.listPolicies, request, { ...options, deadlineMs: deadlines.answer });
  }

  /** Ends the connection; open calls fail. */
  close(): void {
    this.#channel.close();
  }
}
