import { Injectable } from '@nestjs/common';
import { formatAddress, transportOf, vmStatus, type VmName } from '@givc/model';
import type { report } from '@givc/rpc';
import { RegistryStore } from '../registry/registry-store.js';
import { isAgent, type RegistryEntry } from '../registry/registry-entry.js';
import { LinkService } from './link.service.js';

/** The machines as the admin sees them, each with its agent. */
@Injectable()
export class MachinesService {
  constructor(
    private readonly store: RegistryStore,
    private readonly links: LinkService,
  ) {}

  /** In the order of the first registration that told of them. */
  list(): report.Machine[] {
    const machines = new Map<VmName, report.Machine>();
    for (const entry of this.store.entries()) {
      if (entry.type.service !== 'VM' && !isAgent(entry)) continue;
      const machine = machines.get(entry.vm) ?? unknownMachine(entry);
      machines.set(entry.vm, machine);
      if (entry.type.service === 'VM') machine.VmStatus = vmStatus(entry.status);
      else {
        const heard = this.links.lastHeard(entry.vm);
        machine.Agent = entry.presence?.state ?? 'none';
        machine.LastWordMs = heard === undefined ? undefined : Math.round(performance.now() - heard);
        machine.Address = entry.endpoint ? formatAddress(entry.endpoint.address) : '';
        machine.Transport = entry.endpoint && transportOf(entry.endpoint);
      }
    }
    return [...machines.values()];
  }
}

const unknownMachine = ({ vm, type }: RegistryEntry): report.Machine => ({
  Name: vm,
  VmType: type.vm,
  VmStatus: '',
  Agent: 'none',
  LastWordMs: undefined,
  Address: '',
  Transport: undefined,
});
