// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Injectable } from '@nestjs/common';
import type { report } from '@givc/rpc';
import { DeliveryService } from './delivery.service.js';
import { PoliciesConfig } from './policies.config.js';
import { PolicyStore } from './policy-store.js';
import { SourcesService } from './sources.service.js';

/** The policies of each VM, and their delivery. */
export abstract class PoliciesService {
  /** The policies in the order of the configuration. FAILED_PRECONDITION when this admin sends none. */
  abstract list(): report.VmPolicy[];
}

/** The policies of an admin that sends policies. */
@Injectable()
export class SentPoliciesService extends PoliciesService {
  constructor(
    private readonly config: PoliciesConfig,
    private readonly store: PolicyStore,
    private readonly sources: SourcesService,
    private readonly delivery: DeliveryService,
  ) {
    super();
  }

  list(): report.VmPolicy[] {
    return [...this.config.policies].flatMap(([name, { vms }]) =>
      vms.map((vm): report.VmPolicy => {
        const delivered = this.delivery.deliveredTo(vm, name);
        return {
          vm_name: vm,
          policy_name: name,
          wanted_sha256: this.store.get(name)?.sha256 ?? '',
          delivered_sha256: delivered.sha256 ?? '',
          delivered_at_ms: delivered.atMs,
          delivery_error: delivered.problem ?? '',
          source_error: this.sources.problemOf(name) ?? '',
        };
      }),
    );
  }
}
