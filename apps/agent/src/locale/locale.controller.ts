import { Controller } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import type { Metadata, ServerUnaryCall } from '@grpc/grpc-js';
import { parseLocaleAssignments, parseTimezone, type LocaleAssignments, type Timezone } from '@givc/model';
import { noteChange, queuedCallOf } from '@givc/access';
import { Parse, type locale } from '@givc/rpc';
import { LocaleService } from './locale.service.js';

const parseLocaleMessage = ({ assignments }: locale.LocaleMessage): LocaleAssignments =>
  parseLocaleAssignments(assignments);

const parseTimezoneMessage = (request: locale.TimezoneMessage): Timezone => parseTimezone('Timezone', request.Timezone);

/** `locale.LocaleClient`, which the admin calls. */
@Controller()
export class LocaleController {
  constructor(private readonly locale: LocaleService) {}

  @GrpcMethod('LocaleClient', 'LocaleSet')
  @Parse(parseLocaleMessage)
  async localeSet(
    assignments: LocaleAssignments,
    _metadata: Metadata,
    call: ServerUnaryCall<unknown, locale.Empty>,
  ): Promise<locale.Empty> {
    noteChange(call, Object.fromEntries(assignments));
    await this.locale.setLocale(assignments, queuedCallOf(call));
    return {};
  }

  @GrpcMethod('LocaleClient', 'TimezoneSet')
  @Parse(parseTimezoneMessage)
  async timezoneSet(
    timezone: Timezone,
    _metadata: Metadata,
    call: ServerUnaryCall<unknown, locale.Empty>,
  ): Promise<locale.Empty> {
    await this.locale.setTimezone(timezone, queuedCallOf(call));
    return {};
  }
}
