// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Controller } from '@nestjs/common';
import { GrpcMethod, Payload } from '@nestjs/microservices';
import { Audit, Caller, noteChange } from '@givc/access';
import { Call, Parse, type admin, type ServerCall } from '@givc/rpc';
import { coalescedRegistration, registerRpc, registrationFields } from './coalesced-registration.js';
import { RegistrationRecord } from './registration-record.js';
import { parseRegistration, type Registration } from './registration.js';
import { RegistrationService } from './registration.service.js';

/** RegisterService of AdminService. */
@Controller()
export class RegistrationController {
  readonly #record: RegistrationRecord;

  constructor(
    private readonly registration: RegistrationService,
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
    const isChange = this.registration.register(registration, { ...caller, reports: false, onLate });
    if (isChange && this.#record.takes(request, caller)) noteChange(call);
    return {};
  }
}
