import { Controller, UseInterceptors } from '@nestjs/common';
import { GrpcMethod, Payload } from '@nestjs/microservices';
import type { Observable } from 'rxjs';
import { parseUnitName, parseVmName, type UnitName, type UnitStatus, type VmName } from '@givc/model';
import { Audit, Caller, noteChange } from '@givc/access';
import { Call, Parse, type admin, type ServerCall, type ServerStreamingCall } from '@givc/rpc';
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
  registerService(
    @Parse(parseRegistration) registration: Registration,
    @Payload() request: admin.RegistryRequest,
    @Caller() caller: Caller,
    @Call() call: ServerCall,
  ): admin.RegistryResponse {
    const fields = registrationFields(request);
    const onLate = (coalesced: number) =>
      this.audit.change(coalescedRegistration(caller, registerRpc, fields, coalesced));
    const isChange = this.registry.register(registration, { ...caller, reports: false, onLate });
    if (isChange && this.#record.takes(request, caller)) noteChange(call);
    return {};
  }

  @GrpcMethod('AdminService', 'QueryList')
  queryList(): admin.QueryListResponse {
    return this.registry.store.list();
  }

  @GrpcMethod('AdminService', 'GetUnitStatus')
  @UseInterceptors(OnBehalfInterceptor)
  getUnitStatus(@Parse(parseUnitStatusRequest) { vm, unit }: UnitOfVm): Promise<UnitStatus> {
    return this.agents.present(vm).unitStatus(unit);
  }

  @GrpcMethod('AdminService', 'Watch')
  watch(@Call() call: ServerStreamingCall<admin.Empty, admin.WatchItem>): Observable<never> {
    return this.watcher.watch(call);
  }
}
