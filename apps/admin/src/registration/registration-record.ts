// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { callerKey, type Audit, type Caller } from '@givc/access';
import { CoalescingThrottle } from '@givc/queue';
import type { admin } from '@givc/rpc';
import { registrationFields, coalescedRegistration, registerRpc } from './coalesced-registration.js';

/** How many registrations of one caller have a line at once, and how long each takes after that. */
const limits = { burst: 100, everyMs: 2_000 } as const;

interface Change {
  readonly caller: Caller;
  readonly fields: ReturnType<typeof registrationFields>;
}

/**
 * Records the changes that callers make by RegisterService. All changes are made; the number of lines is limited: when
 * changes come too fast, one line records the newest, with the number of changes that it stands for.
 */
export class RegistrationRecord {
  readonly #changes: CoalescingThrottle<Change>;

  constructor(audit: Audit) {
    this.#changes = new CoalescingThrottle(limits, (_, { caller, fields }, count) =>
      audit.change(coalescedRegistration(caller, registerRpc, fields, count)),
    );
  }

  /** Whether the change is to be recorded with its call; if not, it is recorded later. */
  takes(request: admin.RegistryRequest, caller: Caller): boolean {
    return this.#changes.offer(callerKey(caller), { caller, fields: registrationFields(request) });
  }
}
