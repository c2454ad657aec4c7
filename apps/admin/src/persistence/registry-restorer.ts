// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Injectable } from '@nestjs/common';
import { GivcError, messageOf, type VmName } from '@givc/model';
import { Log } from '@givc/log';
import { assertPermittedSocket } from '../registration/endpoint-rights.js';
import { HostElection } from '../registry/host-election.js';
import { PresenceService } from '../presence/presence.service.js';
import { isAgent, type RegistryEntry } from '../registry/registry-entry.js';
import { RegistryStore } from '../registry/registry-store.js';
import { RegistrationConfig } from '../registration/registration.config.js';

/** Puts the entries of an earlier run of the admin into the registry, each by itself. */
@Injectable()
export class RegistryRestorer {
  constructor(
    private readonly store: RegistryStore,
    private readonly presence: PresenceService,
    private readonly hostElection: HostElection,
    private readonly config: RegistrationConfig,
    private readonly log: Log,
  ) {}

  /**
   * Returns the entries that were restored; agents are unconfirmed until they report or answer. Without a name the host
   * is the first that was registered as such.
   */
  restore(hostName: VmName | undefined, entries: readonly RegistryEntry[]): readonly RegistryEntry[] {
    const isHost = (entry: RegistryEntry) => isAgent(entry) && entry.type.vm === 'Host';
    this.hostElection.restore(hostName ?? entries.find(isHost)?.machine);
    return entries.filter((entry) => {
      try {
        this.#put(entry);
        return true;
      } catch (error) {
        this.log.warn('entry not restored', { unit: entry.unit, vm: entry.vm, error: messageOf(error) });
        return false;
      }
    });
  }

  #put(entry: RegistryEntry): void {
    if (isAgent(entry)) assertPermittedSocket(entry.endpoint, this.config.agentSockets);
    if ((entry.type.vm === 'Host' || entry.type.service === 'VM') && entry.machine !== this.hostElection.name)
      throw new GivcError('PERMISSION_DENIED', `it is of the host, and ${entry.machine} is not`);
    if (isAgent(entry)) this.presence.addAgent(entry, 'restored');
    else this.store.put(entry);
  }
}
