// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Controller } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import { Observable } from 'rxjs';
import type { VmName } from '@givc/model';
import { Call, Parse, type history, type ServerCall } from '@givc/rpc';
import { BootsService, type ListBootsCall } from './boots.service.js';
import { parseBootsOf, parseQuery, parseTime, type HistoryQuery } from './history-requests.js';
import { HistoryService, type QueryCall } from './history.service.js';

/** An Observable that emits nothing and ends with the work, which writes to its call itself. */
const until = (work: () => Promise<void>): Observable<never> =>
  new Observable((subscriber) => {
    work().then(
      () => subscriber.complete(),
      (error: unknown) => subscriber.error(error),
    );
  });

/** `history.HistoryService`. */
@Controller()
export class HistoryController {
  constructor(
    private readonly service: HistoryService,
    private readonly boots: BootsService,
  ) {}

  @GrpcMethod('HistoryService', 'QueryHistory')
  queryHistory(@Parse(parseQuery) query: HistoryQuery, @Call() call: QueryCall): Observable<never> {
    return until(() => this.service.query(query, call));
  }

  @GrpcMethod('HistoryService', 'GetRegistryAt')
  getRegistryAt(@Parse(parseTime) time: number, @Call() call: ServerCall): Promise<history.GetRegistryAtResponse> {
    return this.service.registryAt(time, call);
  }

  @GrpcMethod('HistoryService', 'ListBoots')
  listBoots(@Parse(parseBootsOf) vm: VmName | undefined, @Call() call: ListBootsCall): Observable<never> {
    return until(() => this.boots.list(vm, call));
  }
}
