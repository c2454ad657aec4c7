// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Injectable } from '@nestjs/common';
import { fieldError, vmUnit, type VmName } from '@givc/model';
import { Access, type Caller } from '@givc/access';
import { Log, LogOnce } from '@givc/log';
import { isSameIp } from './ip-address.js';
import { RegistryConfig } from './registry.config.js';

const advice = "start the admin with --host-name (GIVC_HOST_NAME) set to the name in the host's certificate";

/**
 * Decides which machine is the host: the configured one, or else the first that registers as the host and is permitted.
 * With TLS the name in its certificate must be in SERVICES, and it stays the host, also after a restart of the admin.
 * Without TLS, names are not verified: the first registration is accepted, and later ones only from the same address.
 */
@Injectable()
export class HostElection {
  #name: VmName | undefined;
  /** The address of the claim that was accepted without a certificate. */
  #claimedFrom: { readonly address: string | undefined } | undefined;
  #rejectedClaims = 0;
  /** Logs a rejected claim once for each machine; the audit log and the counter contain all claims. */
  readonly #logged = new LogOnce();

  constructor(
    private readonly config: RegistryConfig,
    private readonly access: Access,
    private readonly log: Log,
  ) {
    this.#name = config.hostName;
  }

  /** Undefined until a claim was accepted, unless it is configured. */
  get name(): VmName | undefined {
    return this.#name;
  }

  /** Whether the configuration names the host, so that it is certain. */
  get isConfigured(): boolean {
    return this.config.hostName !== undefined;
  }

  /** The number of rejected claims since the start of the admin. */
  get rejectedClaims(): number {
    return this.#rejectedClaims;
  }

  /**
   * Restores the host of an earlier run of the admin, unless the configuration names another host or does not list it.
   */
  restore(name: VmName | undefined): void {
    if (this.isConfigured || name === undefined) return;
    if (this.access.identity && !this.#isListed(name))
      return this.log.warn(`the host of the last run is not in SERVICES, so it is not restored: ${advice}`, {
        vm: name,
      });
    this.#name = name;
    this.log.warn(`the host was restored from the state directory; to be certain, ${advice}`, { vm: name });
  }

  /**
   * Called when an agent registers as the agent of the host. Throws PERMISSION_DENIED, logged and counted, unless its
   * machine is or becomes the host.
   */
  claim(vm: VmName, caller: Partial<Caller>): void {
    const problem = this.#problemOf(vm, caller);
    if (problem !== undefined) this.#reject(vm, problem);
    if (!caller.peer) this.#claimedFrom ??= { address: caller.address };
    if (this.#name !== undefined) return;
    this.#name = vm;
    this.log.warn(`this is the host, because it was the first to register as the host; to be certain, ${advice}`, {
      vm,
    });
  }

  #problemOf(vm: VmName, { peer, address }: Partial<Caller>): string | undefined {
    if (this.#name !== undefined && vm !== this.#name) return `the host of this system is ${this.#name}, not ${vm}`;
    if (this.isConfigured) return undefined;
    if (peer) return this.#isListed(vm) ? undefined : `${vm} is not in SERVICES, so it may not be the host: ${advice}`;
    const before = this.#claimedFrom;
    if (!before || isSameAddress(before.address, address)) return undefined;
    return `${vm} is the host at ${before.address ?? 'this machine'}, not at ${address ?? 'this machine'}: ${advice}`;
  }

  #isListed(vm: VmName): boolean {
    return this.config.services.includes(vmUnit(vm));
  }

  #reject(vm: VmName, problem: string): never {
    this.#rejectedClaims++;
    if (this.#logged.isNew(vm)) this.log.warn('rejected as the host', { vm, problem });
    throw fieldError('PERMISSION_DENIED', 'Type', problem);
  }
}

const isSameAddress = (a: string | undefined, b: string | undefined): boolean =>
  a === undefined || b === undefined ? a === b : isSameIp(a, b);
