// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

const mebibyte = 1024 * 1024;

/**
 * The maximum use of a server by its callers. Calls and connections beyond it are rejected, without effect on other
 * callers.
 *
 * Of open calls, connections and unread bytes a peer may use at most half of what the other peers leave, so that one
 * more peer finds as much.
 */
export interface ServerLimits {
  /** Open calls: RESOURCE_EXHAUSTED. */
  readonly openCalls: number;
  /** Open calls of one peer: a name in certificates, or an address without TLS. */
  readonly openCallsOfPeer: number;
  /** Bytes of all peers that no handler has read: the largest call of the peer with the most is rejected. */
  readonly undeliveredBytes: number;
  /** The same for one peer, over all its calls and connections: the call that sends more is rejected. */
  readonly undeliveredBytesOfPeer: number;
  /** Bytes of answers that peers have not read: further answers wait. */
  readonly unreadBytes: number;
  /** The same for one peer, over all its calls and connections. */
  readonly unreadBytesOfPeer: number;
  /** Open streams of a peer, including rejected calls, and of each connection; one more ends its connection. */
  readonly openStreamsOfPeer: number;
  /** Bytes of the headers of a call, as HTTP/2 counts them (RFC 9113, 6.5.2): RESOURCE_EXHAUSTED. */
  readonly headerBytes: number;
  /** The time limit of a message, or of its next 64 KiB; it is checked at intervals, so it may be twice as long. */
  readonly messageMs: number;
  /** Connections at each address that the server listens at, without those in the TLS handshake. */
  readonly connections: number;
  /** Connections of one name in certificates. */
  readonly connectionsOfPeer: number;
  /** Pending TLS handshakes; one more ends the oldest of the IP address with the most. */
  readonly handshakes: number;
  /** Pending handshakes of one IP address, or of one network of IPv6; one more ends the oldest. */
  readonly handshakesOfAddress: number;
  /** Connections without a call so far; one more closes the oldest of the peer with the most. */
  readonly unused: number;
  /** The same for one peer; one more closes the oldest. */
  readonly unusedOfPeer: number;
  /** The time limit of a TLS handshake. */
  readonly handshakeMs: number;
}

/**
 * More than any system of machines needs. A message has up to 4 MiB: one peer may send four at once, and all peers
 * together do not exceed the memory of a VM of 512 MiB.
 */
export const serverLimits: ServerLimits = {
  openCalls: 6_000,
  openCallsOfPeer: 1_500,
  undeliveredBytes: 64 * mebibyte,
  undeliveredBytesOfPeer: 16 * mebibyte,
  unreadBytes: 64 * mebibyte,
  unreadBytesOfPeer: 16 * mebibyte,
  openStreamsOfPeer: 4_096,
  headerBytes: 8 * 1_024,
  messageMs: 5_000,
  connections: 2_048,
  connectionsOfPeer: 512,
  handshakes: 256,
  handshakesOfAddress: 64,
  unused: 512,
  unusedOfPeer: 128,
  handshakeMs: 5_000,
};
