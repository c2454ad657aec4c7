// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Controller, UseInterceptors } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import {
  GivcError,
  parseLocaleAssignments,
  parseTimezone,
  parseVmName,
  type LocaleAssignments,
  type Timezone,
  type VmName,
} from '@givc/model';
import { noteChange, queuedCallOf } from '@givc/access';
import { Call, Parse, type admin, type stats, type ServerCall } from '@givc/rpc';
import { OnBehalfInterceptor } from '../agents/on-behalf.js';
import { PowerService } from './power.service.js';
import { SettingsService } from './settings.service.js';
import { StatsService } from './stats.service.js';

const parseLocaleRequest = ({ assignments }: admin.LocaleRequest): LocaleAssignments =>
  parseLocaleAssignments(assignments);

const parseTimezoneRequest = (request: admin.TimezoneRequest): Timezone => parseTimezone('Timezone', request.Timezone);

const parseStatsRequest = (request: admin.StatsRequest): VmName => parseVmName('VmName', request.VmName);

/** The rpcs of AdminService that concern the computer as a whole, or a machine of it. */
@Controller()
@UseInterceptors(OnBehalfInterceptor)
export class SystemController {
  constructor(
    private readonly power: PowerService,
    private readonly settings: SettingsService,
    private readonly statistics: StatsService,
  ) {}

  @GrpcMethod('AdminService', 'SetLocale')
  async setLocale(
    @Parse(parseLocaleRequest) assignments: LocaleAssignments,
    @Call() call: ServerCall,
  ): Promise<admin.Empty> {
    noteChange(call, Object.fromEntries(assignments));
    await this.settings.setLocale(assignments, queuedCallOf(call));
    return {};
  }

  @GrpcMethod('AdminService', 'SetTimezone')
  async setTimezone(@Parse(parseTimezoneRequest) timezone: Timezone, @Call() call: ServerCall): Promise<admin.Empty> {
    await this.settings.setTimezone(timezone, queuedCallOf(call));
    return {};
  }

  @GrpcMethod('AdminService', 'GetStats')
  getStats(@Parse(parseStatsRequest) vm: VmName): Promise<stats.StatsResponse> {
    return this.statistics.stats(vm);
  }

  @GrpcMethod('AdminService', 'Sysinfo')
  sysinfo(): Promise<stats.SysinfoResponse> {
    return this.statistics.sysinfo();
  }

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

  /** The contract has this rpc, but a program on a sleeping host cannot wake it. */
  @GrpcMethod('AdminService', 'Wakeup')
  wakeup(): admin.Empty {
    throw new GivcError('UNIMPLEMENTED', 'Wakeup: a sleeping host cannot be woken up by a program that sleeps with it');
  }
}
