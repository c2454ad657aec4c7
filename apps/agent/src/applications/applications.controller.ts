import { Controller } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import type { Metadata, ServerUnaryCall } from '@grpc/grpc-js';
import { parseUnitName, type UnitName } from '@givc/model';
import { Parse, signalOf, type systemd } from '@givc/rpc';
import { ApplicationsService } from './applications.service.js';

interface StartApplication {
  readonly unit: UnitName;
  readonly args: readonly string[];
}

const parseStart = ({ UnitName, Args }: systemd.AppUnitRequest): StartApplication => ({
  unit: parseUnitName('UnitName', UnitName),
  args: Args,
});

/** The start of applications, an rpc of UnitControlService; they are controlled like every other unit. */
@Controller()
export class ApplicationsController {
  constructor(private readonly applications: ApplicationsService) {}

  @GrpcMethod('UnitControlService', 'StartApplication')
  @Parse(parseStart)
  async startApplication(
    { unit, args }: StartApplication,
    _metadata: Metadata,
    call: ServerUnaryCall<systemd.AppUnitRequest, systemd.UnitResponse>,
  ): Promise<systemd.UnitResponse> {
    return { UnitStatus: await this.applications.start(unit, args, signalOf(call)) };
  }
}
