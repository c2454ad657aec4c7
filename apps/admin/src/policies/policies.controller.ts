// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Controller } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import type { report } from '@givc/rpc';
import { PoliciesService } from './policies.service.js';

/** `report.Policies`. */
@Controller()
export class PoliciesController {
  constructor(private readonly policies: PoliciesService) {}

  @GrpcMethod('Policies', 'ListPolicies')
  listPolicies(): report.ListPoliciesResponse {
    return { policies: this.policies.list() };
  }
}
