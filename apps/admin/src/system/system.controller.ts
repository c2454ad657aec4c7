import { Controller } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import { GivcError } from '@givc/model';
import type { admin } from '@givc/rpc';
import { PowerService } from './power.service.js';

/** The rpcs of AdminService that concern the computer as a whole. */
@Controller()
export class SystemController {
  constructor(private readonly power: PowerService) {}

  @GrpcMethod('AdminService', 'Poweroff')
  async poweroff(): Promise<admin.Empty> {
    await this.power.poweroff();
    return {};
  }

  @GrpcMethod('AdminService', 'Reboot')
  async reboot(): Promise<admin.Empty> {
    await this.power.reboot();
    return {};
  }

  @GrpcMethod('AdminService', 'Suspend')
  async suspend(): Promise<admin.Empty> {
    await this.power.suspend();
    return {};
  }

  /** The contract has no way to wake a host up: while it sleeps, nobody here runs. */
  @GrpcMethod('AdminService', 'Wakeup')
  wakeup(): admin.Empty {
    throw new GivcError('UNIMPLEMENTED', 'Wakeup: a sleeping host cannot be woken up by a program that sleeps with it');
  }
}
