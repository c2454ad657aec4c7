import { Controller } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import type { Metadata, ServerUnaryCall, ServerWritableStream } from '@grpc/grpc-js';
import type { Observable } from 'rxjs';
import { Parse, signalOf, type admin } from '@givc/rpc';
import { parseSetGeneration, type CachixUpdate } from './requests.js';
import { UpdatesService } from './updates.service.js';

/** The rpcs of AdminService that concern the generations of the host's system. */
@Controller()
export class UpdatesController {
  constructor(private readonly updates: UpdatesService) {}

  @GrpcMethod('AdminService', 'ListGenerations')
  async listGenerations(
    _request: admin.Empty,
    _metadata: Metadata,
    call: ServerUnaryCall<admin.Empty, admin.ListGenerationsResponse>,
  ): Promise<admin.ListGenerationsResponse> {
    return { List: await this.updates.list(signalOf(call)) };
  }

  @GrpcMethod('AdminService', 'SetGeneration')
  @Parse(parseSetGeneration)
  setGeneration(
    update: CachixUpdate,
    _metadata: Metadata,
    call: ServerWritableStream<admin.SetGenerationRequest, admin.SetGenerationResponse>,
  ): Observable<never> {
    return this.updates.set(update, call);
  }
}
