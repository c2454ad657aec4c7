// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Metadata } from '@grpc/grpc-js';

/** What a caller may set for one call. */
export interface CallSettings {
  /** How long the call may take, in milliseconds; then it fails with DEADLINE_EXCEEDED. By default there is no limit. */
  readonly deadlineMs?: number;
  /** Ends the call with CANCELLED when it is aborted. */
  readonly signal?: AbortSignal;
  /** Sent ahead of the request, beside what gRPC itself sends. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/** What is sent ahead of the request. */
export function metadataOf({ metadata = {} }: CallSettings): Metadata {
  const sent = new Metadata();
  for (const [key, value] of Object.entries(metadata)) sent.set(key, value);
  return sent;
}
