// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Controller } from '@nestjs/common';
import { GrpcStreamCall } from '@nestjs/microservices';

import type { ServerReflectionRequest, ServerReflectionResponse } from '../generated/grpc/reflection/v1/reflection.js';
import type { BidiStreamingCall } from './call.js';
import { GrpcServer } from './grpc-server.js';
import { reflect } from './reflection.js';

/**
 * `grpc.reflection.v1.ServerReflection`, and `v1alpha`, whose messages are the same. The package `@grpc/reflection` is
 * not used because it parses proto files at start, answers outside of the guards, and continues reading while its
 * answers are not read.
 */
@Controller()
export class ReflectionController {
  constructor(private readonly server: GrpcServer) {}

  @GrpcStreamCall('ServerReflection', 'ServerReflectionInfo')
  serverReflectionInfo(call: BidiStreamingCall<ServerReflectionRequest, ServerReflectionResponse>): Promise<void> {
    return new Promise((resolve) => {
      // One after the other: a caller that does not read its answers cannot send more requests.
      call.on('data', (request: ServerReflectionRequest) => {
        call.pause();
        call.write(reflect(request, this.server.services), () => call.resume());
      });
      call.on('end', () => {
        call.end();
        resolve();
      });
      call.on('cancelled', resolve);
    });
  }
}
