// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

/** The settings of one call. */
export interface CallSettings {
  /**
   * The time limit of the call, in milliseconds; then it fails with DEADLINE_EXCEEDED. By default there is no limit.
   */
  readonly deadlineMs?: number;
  /** Ends the call with CANCELLED when it is aborted. */
  readonly signal?: AbortSignal;
  /** Sent before the request, beside the metadata of gRPC itself. */
  readonly metadata?: Readonly<Record<string, string>>;
}
