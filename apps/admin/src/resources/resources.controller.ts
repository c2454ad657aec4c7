// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Controller, UseInterceptors } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import { parseVmName, type VmName } from '@givc/model';
import { Call, Parse, type resources, type ServerCall } from '@givc/rpc';
import { OnBehalfInterceptor } from '../agents/on-behalf.js';
import { ResourcesService } from './resources.service.js';

interface UsageOf {
  readonly vm: VmName | undefined;
}

function parseRequest({ vm }: resources.GetUsageRequest): UsageOf {
  return { vm: vm === '' ? undefined : parseVmName('vm', vm) };
}

/** `resources.ResourcesService`: what the agents answer to the same call. */
@Controller()
export class ResourcesController {
  constructor(private readonly resources: ResourcesService) {}

  @GrpcMethod('ResourcesService', 'GetUsage')
  @UseInterceptors(OnBehalfInterceptor)
  getUsage(@Parse(parseRequest) { vm }: UsageOf, @Call() call: ServerCall): Promise<resources.GetUsageResponse> {
    return this.resources.usage(vm, call);
  }
}
