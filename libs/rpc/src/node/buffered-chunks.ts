// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { Readable } from 'node:stream';

/**
 * How many chunks a stream keeps until its reader takes them. Node (20) documents how many bytes these have and not their
 * number: buffered-chunks.spec.ts fails when the private field moves.
 */
export const bufferedChunks = (stream: Readable): number =>
  (stream as unknown as { readonly _readableState: { readonly buffer: { readonly length: number } } })._readableState
    .buffer.length;
