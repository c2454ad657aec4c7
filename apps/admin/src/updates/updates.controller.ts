// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Controller } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import type { Observable } from 'rxjs';
import { Call, Parse, type admin, type ServerStreamingCall } from '@givc/rpc';
import { parseSetGeneration, type CachixUpdate } from './update-requests.js';
import { UpdatesService } from './updates.service.js';

/** The rpcs of AdminService that concern the generations of the host's system. */
@Controller()
export class UpdatesController {
  constructor(private readonly updates: UpdatesService) {}

  @GrpcMethod('AdminService', 'ListGenerations')
  async listGenerations(): Promise<admin.ListGenerationsResponse> {
    return { List: await this.updates.list() };
  }

  @GrpcMethod('AdminService', 'SetGeneration')
  setGeneration(
    @Parse(parseSetGeneration) update: CachixUpdate,
    @Call() call: ServerStreamingCall<admin.SetGenerationResponse>,
  ): Observable<never> {
    return this.updates.set(update, call);
  }
}
