// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

/** Streams whose handlers authorize every entry. */
const rpcs: ReadonlySet<string> = new Set(['/report.Reports/Report']);
const calls = new WeakSet<object>();

/**
 * Whether the stream of this rpc opens even when no rule mentions it, because its handler authorizes every entry of it.
 * A rule that forbids the stream is final.
 */
export const hasEntryAuthorization = (rpc: string): boolean => rpcs.has(rpc);

/** Stores for the duration of the call that no rule has permitted it as a whole. */
export const authorizeEntries = (call: object): void => void calls.add(call);

/** Whether every entry of the call has to be authorized. */
export const mustAuthorizeEntries = (call: object): boolean => calls.has(call);
