// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Controller } from '@nestjs/common';
import { GrpcMethod, Payload } from '@nestjs/microservices';
import { queuedCallOf } from '@givc/access';
import { Call, type ctap, type ServerCall } from '@givc/rpc';
import { CtapService } from './ctap.service.js';

/** The rpc of AdminService for security keys. */
@Controller()
export class CtapController {
  constructor(private readonly keys: CtapService) {}

  @GrpcMethod('AdminService', 'Ctap')
  ctap(@Payload() request: ctap.CtapRequest, @Call() call: ServerCall): Promise<ctap.CtapResponse> {
    return this.keys.ask(request, queuedCallOf(call));
  }
}
