// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { RegistryEntry } from '../../../apps/admin/src/registry/registry-entry.js';
import type { RegistryStore } from '../../../apps/admin/src/registry/registry-store.js';

/** A violation of a rule. */
export interface Violation {
  readonly rule: string;
  readonly text: string;
}

/** A call of a client to the admin. */
export interface CallRecord {
  readonly rpc: string;
  /** The unit, application or VM of the call, and the machine if it names one. */
  readonly subject: string;
  readonly machine: string | undefined;
  readonly startedAt: number;
  /** The number of the admin that is called. */
  readonly admin: number;
  endedAt?: number;
  /** `OK` or the reason of its error. */
  outcome?: string;
  message?: string;
  answer?: string;
}

/** The events of a run that a rule may check. */
export interface RunEvents {
  /** An admin has started; its registry contains the restored entries. */
  adminStarted(store: RegistryStore): void;
  /** The admin has added or replaced an entry. */
  put(entry: RegistryEntry): void;
  /** The admin has removed an entry. */
  removed(entry: RegistryEntry): void;
  /** The admin is about to end: it was killed, or stops on request. */
  adminEnded(hasStopped: boolean): void;
  /** The admin calls an agent; returns a function that is called at the end of the call. */
  adminCalls(path: string, bytes: Buffer): () => void;
  /** A daemon has logged a line. */
  logged(process: string, line: string): void;
  callBegan(call: CallRecord): void;
  callEnded(call: CallRecord): void;
}

export type Rule = Partial<RunEvents>;
