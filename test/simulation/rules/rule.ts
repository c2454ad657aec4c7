// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { RegistryEntry } from '../../../apps/admin/src/registry/registry-entry.js';
import type { RegistryStore } from '../../../apps/admin/src/registry/registry-store.js';

/** A rule that did not hold. */
export interface Violation {
  readonly rule: string;
  readonly text: string;
}

/** A call of a client to the admin. */
export interface CallRecord {
  readonly rpc: string;
  /** The unit, application or VM that it is about, and the machine, if it names one. */
  readonly subject: string;
  readonly machine: string | undefined;
  readonly startedAt: number;
  /** The number of the admin. */
  readonly admin: number;
  endedAt?: number;
  /** `OK` or the reason of its error. */
  outcome?: string;
  message?: string;
  answer?: string;
}

/** The events of a run that a rule may check. */
export interface RunEvents {
  /** An admin has started; what it has restored is in its registry. */
  adminStarted(store: RegistryStore): void;
  /** The admin has put an entry into its registry. */
  put(entry: RegistryEntry): void;
  /** It has removed an entry. */
  removed(entry: RegistryEntry): void;
  /** It is about to end: it was killed, or stops on request. */
  adminEnded(hasStopped: boolean): void;
  /** The admin calls an agent; returns what is called when that is over. */
  adminCalls(path: string, bytes: Buffer): () => void;
  /** A daemon has logged a line. */
  logged(process: string, line: string): void;
  callBegan(call: CallRecord): void;
  callEnded(call: CallRecord): void;
}

export type Rule = Partial<RunEvents>;
