// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

/** A field of HTTP/2 neither begins nor ends with a space (RFC 9113, 8.2.1). */
const outerSpace = /^ | $/g;
const plain = /^[ -$&-~]*$/;
const percent = 0x25;

/**
 * A message as the header grpc-message has it: UTF-8, percent-encoded ("Percent-Encoded" in the specification of gRPC).
 */
export function encodeMessage(message: string): string {
  if (plain.test(message)) return message.replace(outerSpace, '%20');
  let encoded = '';
  for (const byte of Buffer.from(message))
    encoded +=
      byte >= 0x20 && byte <= 0x7e && byte !== percent
        ? String.fromCharCode(byte)
        : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  return encoded.replace(outerSpace, '%20');
}

/**
 * The message in a header grpc-message. What is not encoded correctly stays as it is: a damaged message is better than
 * none.
 */
export const decodeMessage = (encoded: string): string =>
  encoded.includes('%')
    ? encoded.replace(/(?:%[0-9a-fA-F]{2})+/g, (run) => Buffer.from(run.replaceAll('%', ''), 'hex').toString())
    : encoded;
