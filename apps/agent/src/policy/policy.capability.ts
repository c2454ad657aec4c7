import { Module } from '@nestjs/common';
import type { Capability } from '../capability.js';
import { PolicyController } from './policy.controller.js';
import { PolicyInstaller } from './policy-installer.js';
import { PolicyRecord } from './policy-record.js';
import { PolicyService } from './policy.service.js';

@Module({ controllers: [PolicyController], providers: [PolicyRecord, PolicyInstaller, PolicyService] })
class PolicyModule {}

export const policyCapability: Capability = {
  isEnabled: ({ capabilities }) => capabilities.policy.enable,
  services: ['policyadmin.PolicyAdmin'],
  module: PolicyModule,
};
