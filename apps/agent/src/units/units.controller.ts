// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Controller } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import type { Observable } from 'rxjs';
import { parseUnitName, type UnitName } from '@givc/model';
import { Call, Parse, signalOf, type systemd, type ServerCall, type ServerStreamingCall } from '@givc/rpc';
import { ApplicationsService } from '../applications/applications.service.js';
import { UnitMonitor } from './unit-monitor.js';
import { UnitsService } from './units.service.js';

interface StartApplication {
  readonly unit: UnitName;
  readonly args: readonly string[];
}

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
  async startApplication(
    @Parse(parseStartApplication) { unit, args }: StartApplication,
  ): Promise<systemd.UnitResponse> {
    return { UnitStatus: await this.applications.start(unit, args) };
  }

  @GrpcMethod('UnitControlService', 'StartUnit')
  async startUnit(@Parse(parseUnit) unit: UnitName, @Call() call: ServerCall): Promise<systemd.UnitResponse> {
    return { UnitStatus: await this.units.start(unit, signalOf(call)) };
  }

  @GrpcMethod('UnitControlService', 'StopUnit')
  async stopUnit(@Parse(parseUnit) unit: UnitName, @Call() call: ServerCall): Promise<systemd.UnitResponse> {
    return { UnitStatus: await this.units.stop(unit, signalOf(call)) };
  }

  @GrpcMethod('UnitControlService', 'KillUnit')
  async killUnit(@Parse(parseUnit) unit: UnitName, @Call() call: ServerCall): Promise<systemd.UnitResponse> {
    return { UnitStatus: await this.units.kill(unit, signalOf(call)) };
  }

  @GrpcMethod('UnitControlService', 'FreezeUnit')
  async freezeUnit(@Parse(parseUnit) unit: UnitName): Promise<systemd.UnitResponse> {
    return { UnitStatus: await this.units.freeze(unit) };
  }

  @GrpcMethod('UnitControlService', 'UnfreezeUnit')
  async unfreezeUnit(@Parse(parseUnit) unit: UnitName): Promise<systemd.UnitResponse> {
    return { UnitStatus: await this.units.thaw(unit) };
  }

  @GrpcMethod('UnitControlService', 'GetUnitStatus')
  async getUnitStatus(@Parse(parseUnit) unit: UnitName): Promise<systemd.UnitResponse> {
    return { UnitStatus: await this.units.status(unit) };
  }

  @GrpcMethod('UnitControlService', 'MonitorUnit')
  monitorUnit(
    @Parse(parseUnit) unit: UnitName,
    @Call() call: ServerStreamingCall<systemd.UnitResourceResponse>,
  ): Observable<never> {
    return this.monitor.monitor(unit, call);
  }
}
