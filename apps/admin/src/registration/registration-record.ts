// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { callerKey, type Audit, type Caller } from '@givc/access';
import { CoalescingThrottle } from '@givc/queue';
import type { admin } from '@givc/rpc';
import { registrationFields, coalescedRegistration, registerRpc } from './coalesced-registration.js';

/** The number of registrations of one caller that are recorded at once, and the interval of further ones. */
const limits = { burst: 100, everyMs: 2_000 } as const;

interface Change {
  readonly caller: Caller;
  readonly fields: ReturnType<typeof registrationFields>;
}

/**
 * Records the changes that callers make by RegisterService in the audit log. All changes are made, but the number of
 * lines is limited: when changes are too frequent, one line records the latest, with the number of changes that it
 * replaces.
 */
export class RegistrationRecord {
  readonly #changes: CoalescingThrottle<Change>;

  constructor(audit: Audit) {
    this.#changes = new CoalescingThrottle(limits, (_, { caller, fields }, count) =>
      audit.change(coalescedRegistration(caller, registerRpc, fields, count)),
    );
  }

  /** Whether to record the change with its call. If not, it is recorded later. */
  takes(request: admin.RegistryRequest, caller: Caller): boolean {
    return this.#changes.offer(callerKey(caller), { caller, fields: registrationFields(request) });
  }
}
