// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Controller } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import type { hwid } from '@givc/rpc';
import { HwidService } from './hwid.service.js';

/** `hwid.HwidService`. */
@Controller()
export class HwidController {
  constructor(private readonly hwid: HwidService) {}

  @GrpcMethod('HwidService', 'GetHwId')
  async getHwId(): Promise<hwid.HwIdResponse> {
    return { Identifier: await this.hwid.identifier() };
  }
}
