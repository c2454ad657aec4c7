// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

/** What a caller may set for one call. */
export interface CallSettings {
  /** How long the call may take, in milliseconds; then it fails with DEADLINE_EXCEEDED. By default there is no limit. */
  readonly deadlineMs?: number;
  /** Ends the call with CANCELLED when it is aborted. */
  readonly signal?: AbortSignal;
  /** Sent ahead of the request, beside what gRPC itself sends. */
  readonly metadata?: Readonly<Record<string, string>>;
}
