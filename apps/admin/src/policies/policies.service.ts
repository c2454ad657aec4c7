import { Injectable, Optional } from '@nestjs/common';
import { GivcError } from '@givc/model';
import type { report } from '@givc/rpc';
import { AdminConfig } from '../admin.config.js';
import { DeliveryService } from './delivery.service.js';
import { PolicyStore } from './policy-store.js';
import { SourcesService } from './sources.service.js';

/** Which VM has which policy. The rest of this room is there only if the admin sends policies. */
@Injectable()
export class PoliciesService {
  constructor(
    private readonly config: AdminConfig,
    @Optional() private readonly store?: PolicyStore,
    @Optional() private readonly sources?: SourcesService,
    @Optional() private readonly delivery?: DeliveryService,
  ) {}

  /** In the order of the configuration. FAILED_PRECONDITION when this admin sends none. */
  list(): report.VmPolicy[] {
    const { policies } = this.config;
    if (!policies)
      throw new GivcError('FAILED_PRECONDITION', 'this admin sends no policies: POLICY_ADMIN=true has it do so');
    return [...policies.policies].flatMap(([name, { vms }]) =>
      vms.map((vm): report.VmPolicy => {
        const delivered = this.delivery?.deliveredTo(vm, name);
        return {
          vm_name: vm,
          policy_name: name,
          wanted_sha256: this.store?.get(name)?.sha256 ?? '',
          delivered_sha256: delivered?.sha256 ?? '',
          delivered_at_ms: delivered?.atMs,
          delivery_error: delivered?.problem ?? '',
          source_error: this.sources?.problemOf(name) ?? '',
        };
      }),
    );
  }
}
