// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

// The limits and alignments of https://dbus.freedesktop.org/doc/dbus-specification.html#message-protocol-marshaling

/** The maximum size of an array, in bytes. */
export const arrayMax = 2 ** 26;
/** The maximum size of a message, in bytes. */
export const messageMax = 2 ** 27;
/** The maximum depth: 64 nested containers, variants included, and the value in the innermost. */
export const depthMax = 65;

/** The alignment of values by the code of their type. */
export const alignments: Readonly<Record<string, number>> = {
  ...{ y: 1, g: 1, v: 1, n: 2, q: 2, b: 4, i: 4, u: 4, h: 4, s: 4, o: 4, a: 4, x: 8, t: 8, d: 8, '(': 8, '{': 8 },
};

/** The fields of a header by their codes; others, of later versions of the protocol, are ignored. */
export const headerFields = {
  1: ['path', 'o'],
  2: ['interface', 's'],
  3: ['member', 's'],
  4: ['errorName', 's'],
  5: ['replySerial', 'u'],
  6: ['destination', 's'],
  7: ['sender', 's'],
  8: ['signature', 'g'],
} as const;
