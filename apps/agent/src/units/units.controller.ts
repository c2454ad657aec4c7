import { Controller } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import type { Metadata, ServerUnaryCall, ServerWritableStream } from '@grpc/grpc-js';
import type { Observable } from 'rxjs';
import { parseUnitName, type UnitName } from '@givc/model';
import { Parse, signalOf, type systemd } from '@givc/rpc';
import { ApplicationsService } from '../applications/applications.service.js';
import { UnitMonitor } from './unit-monitor.js';
import { UnitsService } from './units.service.js';

interface StartApplication {
  readonly unit: UnitName;
  readonly args: readonly string[];
}

type UnitCall = ServerUnaryCall<unknown, systemd.UnitResponse>;

const parseUnit = (request: { UnitName: string }): UnitName => parseUnitName('UnitName', request.UnitName);

const parseStartApplication = (request: systemd.AppUnitRequest): StartApplication => ({
  unit: parseUnit(request),
  args: request.Args,
});

/** `systemd.UnitControlService`. */
@Controller()
export class UnitsController {
  constructor(
    private readonly units: UnitsService,
    private readonly applications: ApplicationsService,
    private readonly monitor: UnitMonitor,
  ) {}

  @GrpcMethod('UnitControlService', 'StartApplication')
  @Parse(parseStartApplication)
  async startApplication({ unit, args }: StartApplication): Promise<systemd.UnitResponse> {
    return { UnitStatus: await this.applications.start(unit, args) };
  }

  @GrpcMethod('UnitControlService', 'StartUnit')
  @Parse(parseUnit)
  async startUnit(unit: UnitName, _metadata: Metadata, call: UnitCall): Promise<systemd.UnitResponse> {
    return { UnitStatus: await this.units.start(unit, signalOf(call)) };
  }

  @GrpcMethod('UnitControlService', 'StopUnit')
  @Parse(parseUnit)
  async stopUnit(unit: UnitName, _metadata: Metadata, call: UnitCall): Promise<systemd.UnitResponse> {
    return { UnitStatus: await this.units.stop(unit, signalOf(call)) };
  }

  @GrpcMethod('UnitControlService', 'KillUnit')
  @Parse(parseUnit)
  async killUnit(unit: UnitName, _metadata: Metadata, call: UnitCall): Promise<systemd.UnitResponse> {
    return { UnitStatus: await this.units.kill(unit, signalOf(call)) };
  }

  @GrpcMethod('UnitControlService', 'FreezeUnit')
  @Parse(parseUnit)
  async freezeUnit(unit: UnitName): Promise<systemd.UnitResponse> {
    return { UnitStatus: await this.units.freeze(unit) };
  }

  @GrpcMethod('UnitControlService', 'UnfreezeUnit')
  @Parse(parseUnit)
  async unfreezeUnit(unit: UnitName): Promise<systemd.UnitResponse> {
    return { UnitStatus: await this.units.thaw(unit) };
  }

  @GrpcMethod('UnitControlService', 'GetUnitStatus')
  @Parse(parseUnit)
  async getUnitStatus(unit: UnitName): Promise<systemd.UnitResponse> {
    return { UnitStatus: await this.units.status(unit) };
  }

  @GrpcMethod('UnitControlService', 'MonitorUnit')
  @Parse(parseUnit)
  monitorUnit(
    unit: UnitName,
    _metadata: Metadata,
    call: ServerWritableStream<systemd.UnitResourceRequest, systemd.UnitResourceResponse>,
  ): Observable<never> {
    return this.monitor.monitor(unit, call);
  }
}
