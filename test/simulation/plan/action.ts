// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { PlannedCall } from '../calls.js';

/** A fault or command in a plan; `ms` is its duration. */
export type Action =
  | { readonly kind: 'call'; readonly call: PlannedCall }
  /** A call about the `nth` of the application instances that the caller knows. */
  | { readonly kind: 'instance call'; readonly rpc: PlannedCall['rpc']; readonly machine: string; readonly nth: number }
  | {
      readonly kind: 'watch';
      readonly ms: number;
      /** The pause between two items that it reads. */ readonly pauseMs: number;
    }
  | { readonly kind: 'impostor'; readonly machine: string; readonly claim: Claim }
  | { readonly kind: 'agent killed' | 'agent stopped'; readonly machine: string }
  | {
      readonly kind: 'agent hung' | 'machine sleeps' | 'machine cut off';
      readonly machine: string;
      readonly ms: number;
    }
  | { readonly kind: 'connections broken' | 'units change while the agent starts'; readonly machine: string }
  | { readonly kind: 'reports reset'; readonly machine: string; readonly times: number; readonly everyMs: number }
  | { readonly kind: 'bus away'; readonly machine: string; readonly ms: number }
  | {
      readonly kind: 'unit crashes' | 'unit exits' | 'unit starts' | 'unit stops';
      readonly machine: string;
      readonly unit: string;
    }
  | { readonly kind: 'instance crashes' | 'instance exits'; readonly machine: string; readonly nth: number }
  /** Crashes the VM again each time it runs, `times` in total. */
  | { readonly kind: 'VM crashes'; readonly machine: string; readonly times: number; readonly afterMs: number }
  | { readonly kind: 'VM stops' | 'VM stops badly' | 'VM starts'; readonly machine: string }
  | { readonly kind: 'admin killed' | 'admin stopped' | "admin's machine crashes"; readonly ms: number }
  | { readonly kind: 'admin hung' | 'admin cut off' | 'disk full' | 'all sleep' | 'all frozen'; readonly ms: number };

/** A false identity or a forbidden request of a machine. */
export type Claim = 'host' | 'another agent' | 'a VM' | 'elsewhere' | 'a unit that is not offered';

export const claims: readonly Claim[] = ['host', 'another agent', 'a VM', 'elsewhere', 'a unit that is not offered'];

export interface PlannedAction {
  readonly id: number;
  readonly atMs: number;
  readonly action: Action;
}

/** Formats an action as a line for people. */
export function lineOf({ id, atMs, action }: PlannedAction): string {
  const { kind, ...details } = action;
  const text = Object.entries(details).map(([key, value]) => `${key}=${JSON.stringify(value)}`);
  return `${String(id).padStart(3)} ${(atMs / 1000).toFixed(3).padStart(8)} s  ${kind} ${text.join(' ')}`.trimEnd();
}
