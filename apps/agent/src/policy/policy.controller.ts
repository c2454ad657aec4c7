// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Controller } from '@nestjs/common';
import { GrpcStreamCall } from '@nestjs/microservices';
import type { policyadmin } from '@givc/rpc';
import { PolicyService, type PolicyCall } from './policy.service.js';

/** `policyadmin.PolicyAdmin`. */
@Controller()
export class PolicyController {
  constructor(private readonly policies: PolicyService) {}

  @GrpcStreamCall('PolicyAdmin', 'StreamPolicy')
  async streamPolicy(call: PolicyCall): Promise<policyadmin.Status> {
    await this.policies.receive(call);
    return { Status: 'Success' };
  }
}
