import { Controller } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import type { Metadata, ServerUnaryCall } from '@grpc/grpc-js';
import { queuedCallOf } from '@givc/access';
import { Parse, type ctap } from '@givc/rpc';
import { parseKeyRequest, type KeyRequest } from './ctap-request.js';
import { CtapService } from './ctap.service.js';

/** `ctap.Ctap`. */
@Controller()
export class CtapController {
  constructor(private readonly keys: CtapService) {}

  @GrpcMethod('Ctap', 'Ctap')
  @Parse(parseKeyRequest)
  async ctap(
    request: KeyRequest,
    _metadata: Metadata,
    call: ServerUnaryCall<unknown, ctap.CtapResponse>,
  ): Promise<ctap.CtapResponse> {
    return { Output: await this.keys.ask(request, queuedCallOf(call)) };
  }
}
