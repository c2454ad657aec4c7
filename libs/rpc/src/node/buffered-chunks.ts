// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { Readable } from 'node:stream';

/**
 * The number of chunks that a stream keeps until its reader reads them. Node (20) documents their size and not their
 * number: buffered-chunks.spec.ts fails when the private field changes.
 */
export const bufferedChunks = (stream: Readable): number =>
  (stream as unknown as { readonly _readableState: { readonly buffer: { readonly length: number } } })._readableState
    .buffer.length;
