import { Controller, UseInterceptors } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import type { Metadata, ServerUnaryCall, ServerWritableStream } from '@grpc/grpc-js';
import type { Observable } from 'rxjs';
import { parseUnitName, parseVmName, type UnitName, type UnitStatus, type VmName } from '@givc/model';
import { Audit, callerOf, noteChange } from '@givc/access';
import { Parse, type admin } from '@givc/rpc';
import { AgentConnections } from '../agents/agent-connections.js';
import { OnBehalfInterceptor } from '../agents/on-behalf.js';
import { registrationFields, coalescedRegistration, registerRpc } from './coalesced-registration.js';
import { RegistrationRecord } from './registration-record.js';
import { parseRegistration, type Registration } from './registration.js';
import { RegistryService } from './registry.service.js';
import { WatchService } from './watch.service.js';

interface UnitOfVm {
  readonly vm: VmName;
  readonly unit: UnitName;
}

const parseUnitStatusRequest = (request: admin.UnitStatusRequest): UnitOfVm => ({
  vm: parseVmName('VmName', request.VmName),
  unit: parseUnitName('UnitName', request.UnitName),
});

/** The rpcs of AdminService that tell and learn what is true. */
@Controller()
export class RegistryController {
  readonly #record: RegistrationRecord;

  constructor(
    private readonly registry: RegistryService,
    private readonly agents: AgentConnections,
    private readonly watcher: WatchService,
    private readonly audit: Audit,
  ) {
    this.#record = new RegistrationRecord(audit);
  }

  @GrpcMethod('AdminService', 'RegisterService')
  @Parse(parseRegistration)
  registerService(
    registration: Registration,
    _metadata: Metadata,
    call: ServerUnaryCall<admin.RegistryRequest, admin.RegistryResponse>,
  ): admin.RegistryResponse {
    const caller = callerOf(call);
    const fields = registrationFields(call.request);
    const onLate = (coalesced: number) =>
      this.audit.change(coalescedRegistration(caller, registerRpc, fields, coalesced));
    const isChange = this.registry.register(registration, { ...caller, reports: false, onLate });
    if (isChange && this.#record.takes(call.request, caller)) noteChange(call);
    return {};
  }

  @GrpcMethod('AdminService', 'QueryList')
  queryList(): admin.QueryListResponse {
    return this.registry.store.list();
  }

  @GrpcMethod('AdminService', 'GetUnitStatus')
  @UseInterceptors(OnBehalfInterceptor)
  @Parse(parseUnitStatusRequest)
  getUnitStatus({ vm, unit }: UnitOfVm): Promise<UnitStatus> {
    return this.agents.present(vm).unitStatus(unit);
  }

  @GrpcMethod('AdminService', 'Watch')
  watch(
    _request: admin.Empty,
    _metadata: Metadata,
    call: ServerWritableStream<admin.Empty, admin.WatchItem>,
  ): Observable<never> {
    return this.watcher.watch(call);
  }
}
