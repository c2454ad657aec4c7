// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Injectable } from '@nestjs/common';
import { distinctUntilChanged, filter, map, startWith, Subject, type Observable } from 'rxjs';
import { GrpcServer } from './grpc-server.js';
import { HealthCheckResponse_ServingStatus as ServingStatus } from '../generated/grpc/health/v1/health.js';

/**
 * The statuses of this server in the health checking protocol (https://grpc.io/docs/guides/health-checking/). The
 * server as a whole is the service with the empty name.
 */
@Injectable()
export class HealthStatuses {
  readonly #statuses = new Map<string, ServingStatus>();
  readonly #changes = new Subject<string>();

  /** No connection is accepted before every handler is in place, so each caller finds all services serving. */
  constructor(server: GrpcServer) {
    for (const service of ['', ...server.services]) this.set(service, true);
  }

  /** Sets the status of a service, which need not be a gRPC service; its watches get the change. */
  set(service: string, serving: boolean): void {
    this.#statuses.set(service, serving ? ServingStatus.SERVING : ServingStatus.NOT_SERVING);
    this.#changes.next(service);
  }

  /** SERVICE_UNKNOWN for a service that this server does not have. */
  status(service: string): ServingStatus {
    return this.#statuses.get(service) ?? ServingStatus.SERVICE_UNKNOWN;
  }

  /** The present status, then each change. */
  watch(service: string): Observable<ServingStatus> {
    return this.#changes.pipe(
      filter((changed) => changed === service),
      startWith(service),
      map(() => this.status(service)),
      distinctUntilChanged(),
    );
  }

  /** The status of each service by its name; `''` is the server as a whole. */
  all(): ReadonlyMap<string, ServingStatus> {
    return this.#statuses;
  }
}
