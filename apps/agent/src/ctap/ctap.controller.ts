// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Controller } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import { queuedCallOf } from '@givc/access';
import { Call, Parse, type ctap, type ServerCall } from '@givc/rpc';
import { parseKeyRequest, type KeyRequest } from './ctap-request.js';
import { CtapService } from './ctap.service.js';

/** `ctap.Ctap`. */
@Controller()
export class CtapController {
  constructor(private readonly keys: CtapService) {}

  @GrpcMethod('Ctap', 'Ctap')
  async ctap(@Parse(parseKeyRequest) request: KeyRequest, @Call() call: ServerCall): Promise<ctap.CtapResponse> {
    return { Output: await this.keys.ask(request, queuedCallOf(call)) };
  }
}
