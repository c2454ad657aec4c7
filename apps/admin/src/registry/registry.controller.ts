// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Controller } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import type { Observable } from 'rxjs';
import { Call, type Encoded, type ServerStreamingCall } from '@givc/rpc';
import { RegistryStore } from './registry-store.js';
import { WatchService } from './watch.service.js';

/** QueryList and Watch of AdminService. */
@Controller()
export class RegistryController {
  constructor(
    private readonly store: RegistryStore,
    private readonly watches: WatchService,
  ) {}

  @GrpcMethod('AdminService', 'QueryList')
  queryList(): Encoded {
    return this.store.list().response;
  }

  @GrpcMethod('AdminService', 'Watch')
  watch(@Call() call: ServerStreamingCall<Encoded>): Observable<never> {
    return this.watches.watch(call);
  }
}
