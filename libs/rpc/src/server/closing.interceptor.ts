// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { Observable } from 'rxjs';
import { GrpcServer } from './grpc-server.js';

/** Ends the calls that are open when the server closes. */
@Injectable()
export class ClosingInterceptor implements NestInterceptor {
  constructor(private readonly server: GrpcServer) {}

  intercept(_: ExecutionContext, next: CallHandler): Observable<unknown> {
    return new Observable((subscriber) => {
      subscriber.add(this.server.closing.subscribe({ error: (error) => subscriber.error(error) }));
      subscriber.add(next.handle().subscribe(subscriber));
    });
  }
}
