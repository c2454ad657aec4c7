// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { journal } from '@givc/rpc';

/** A batch ends with the entry that reaches this. */
const batchBytes = 32 * 1024;

/** More than the tags, lengths and numbers of a field, or of an entry, have in a message. */
const framing = 32;

const sizeOf = ({ fields }: journal.Entry): number =>
  fields.reduce((sum, { name, value }) => sum + name.length + value.length + framing, framing);

/** The entries in batches that the message of an answer has room for. */
export function* batches(entries: readonly journal.Entry[]): Generator<readonly journal.Entry[]> {
  let [batch, bytes]: [journal.Entry[], number] = [[], 0];
  for (const entry of entries) {
    batch.push(entry);
    bytes += sizeOf(entry);
    if (bytes < batchBytes) continue;
    yield batch;
    [batch, bytes] = [[], 0];
  }
  if (batch.length > 0) yield batch;
}
