// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Controller } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import { parseLocaleAssignments, parseTimezone, type LocaleAssignments, type Timezone } from '@givc/model';
import { noteChange, queuedCallOf } from '@givc/access';
import { Call, Parse, type locale, type ServerCall } from '@givc/rpc';
import { LocaleService } from './locale.service.js';

const parseLocaleMessage = ({ assignments }: locale.LocaleMessage): LocaleAssignments =>
  parseLocaleAssignments(assignments);

function parseTimezoneMessage(request: locale.TimezoneMessage): Timezone {
  return parseTimezone('Timezone', request.Timezone);
}

/** `locale.LocaleClient`, which the admin calls. */
@Controller()
export class LocaleController {
  constructor(private readonly locale: LocaleService) {}

  @GrpcMethod('LocaleClient', 'LocaleSet')
  async localeSet(
    @Parse(parseLocaleMessage) assignments: LocaleAssignments,
    @Call() call: ServerCall,
  ): Promise<locale.Empty> {
    noteChange(call, Object.fromEntries(assignments));
    await this.locale.setLocale(assignments, queuedCallOf(call));
    return {};
  }

  @GrpcMethod('LocaleClient', 'TimezoneSet')
  async timezoneSet(@Parse(parseTimezoneMessage) timezone: Timezone, @Call() call: ServerCall): Promise<locale.Empty> {
    await this.locale.setTimezone(timezone, queuedCallOf(call));
    return {};
  }
}
