// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Controller } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import { map, type Observable } from 'rxjs';
import { GivcError, quoted } from '@givc/model';
import {
  HealthCheckResponse_ServingStatus as ServingStatus,
  type HealthCheckRequest,
  type HealthCheckResponse,
  type HealthListResponse,
} from '../generated/grpc/health/v1/health.js';
import { HealthStatuses } from './health-statuses.js';

/**
 * `grpc.health.v1.Health`. The package `grpc-health-check` is not used because it parses its proto file at start,
 * answers outside of the guards, and writes to watchers without a limit.
 */
@Controller()
export class HealthController {
  constructor(private readonly statuses: HealthStatuses) {}

  @GrpcMethod('Health', 'Check')
  check({ service }: HealthCheckRequest): HealthCheckResponse {
    const status = this.statuses.status(service);
    if (status === ServingStatus.SERVICE_UNKNOWN)
      throw new GivcError('NOT_FOUND', `service: this server has no service ${quoted(service)}`);
    return { status };
  }

  @GrpcMethod('Health', 'List')
  list(): HealthListResponse {
    return { statuses: Object.fromEntries([...this.statuses.all()].map(([service, status]) => [service, { status }])) };
  }

  @GrpcMethod('Health', 'Watch')
  watch({ service }: HealthCheckRequest): Observable<HealthCheckResponse> {
    return this.statuses.watch(service).pipe(map((status) => ({ status })));
  }
}
