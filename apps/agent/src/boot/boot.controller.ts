// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Controller } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import type { history } from '@givc/rpc';
import { BootService } from './boot.service.js';

/** `history.BootService`. */
@Controller()
export class BootController {
  constructor(private readonly boot: BootService) {}

  @GrpcMethod('BootService', 'GetBootTimes')
  async getBootTimes(): Promise<history.GetBootTimesResponse> {
    return { times: await this.boot.times() };
  }
}
