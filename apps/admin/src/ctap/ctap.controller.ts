import { Controller } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import type { Metadata, ServerUnaryCall } from '@grpc/grpc-js';
import { queuedCallOf } from '@givc/access';
import type { ctap } from '@givc/rpc';
import { CtapService } from './ctap.service.js';

/** The rpc of AdminService for security keys. */
@Controller()
export class CtapController {
  constructor(private readonly keys: CtapService) {}

  @GrpcMethod('AdminService', 'Ctap')
  ctap(
    request: ctap.CtapRequest,
    _metadata: Metadata,
    call: ServerUnaryCall<ctap.CtapRequest, ctap.CtapResponse>,
  ): Promise<ctap.CtapResponse> {
    return this.keys.ask(request, queuedCallOf(call));
  }
}
