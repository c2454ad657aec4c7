// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

/**
 * Text from another machine as one printable line: characters that control a terminal or reorder text become spaces.
 */
export const plain = (text: string): string => text.replace(/[\p{Cc}\p{Bidi_Control}\u2028\u2029]+/gu, ' ');

/** The same for text of several lines: line ends and tabs are kept, and a carriage return becomes a line end. */
export const plainLines = (text: string): string =>
  text.replace(/\r\n?/g, '\n').replace(/[^\P{Cc}\n\t]+|[\p{Bidi_Control}\u2028\u2029]+/gu, ' ');
