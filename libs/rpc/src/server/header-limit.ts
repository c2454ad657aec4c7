// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

/** The overhead that HTTP/2 counts for each field beside its name and its value (RFC 9113, 6.5.2). */
const fieldBytes = 32;

/**
 * The size of the headers of a call, in which names and values alternate. Node limits it only for peers that have
 * acknowledged its settings, and a few bytes on the wire can repeat earlier headers (RFC 7541).
 */
export function headerBytes(headers: readonly string[]): number {
  let sum = (headers.length / 2) * fieldBytes;
  for (const { length } of headers) sum += length;
  return sum;
}
