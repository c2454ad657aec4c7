// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

const mebibyte = 1024 * 1024;

/** How much of a server its callers can take; what is beyond is refused, and those that are served notice nothing. */
export interface ServerLimits {
  /** Calls that are open at once: RESOURCE_EXHAUSTED. */
  readonly openCalls: number;
  /** Those of one peer: a name in certificates, or without TLS an address; it has at most as many as it leaves to others. */
  readonly openCallsOfPeer: number;
  /** What all peers have sent and no handler has taken, in bytes: the largest message of the peer with most is refused. */
  readonly undeliveredBytes: number;
  /** The same of one peer, over all its calls and connections: the call that sends more is refused. */
  readonly undeliveredBytesOfPeer: number;
  /** Answers to all peers that these have not read, in bytes: further ones wait. */
  readonly unreadBytes: number;
  /** The same of one peer, over all its calls and connections. */
  readonly unreadBytesOfPeer: number;
  /** As many as one connection may have: streams of a peer that are open, also of refused calls; one more ends its connection. */
  readonly openStreamsOfPeer: number;
  /** What the headers of a call may have, in bytes, as HTTP/2 counts them (RFC 9113, 6.5.2): RESOURCE_EXHAUSTED. */
  readonly headerBytes: number;
  /** A message that was begun is whole after so long, or at most twice as long, or has brought 64 KiB meanwhile. */
  readonly messageMs: number;
  /** Connections at each address that the server listens at, without those whose handshake goes on. */
  readonly connections: number;
  /** Those of one name in certificates, which has at most as many as it leaves to others. */
  readonly connectionsOfPeer: number;
  /** TLS handshakes that have not ended; one more ends the oldest of the IP address that has the most. */
  readonly handshakes: number;
  /** Those of one IP address, or of one network of IPv6; one more ends the oldest. */
  readonly handshakesOfAddress: number;
  /** Connections that have had no call yet; one more cuts the oldest of the peer that has the most. */
  readonly unused: number;
  /** Those of one peer; one more cuts the oldest. */
  readonly unusedOfPeer: number;
  /** How long a TLS handshake may take. */
  readonly handshakeMs: number;
}

/**
 * More than any system of machines needs. A message has up to 4 MiB: four of one peer may be under way at once, and all
 * peers together leave a VM of 512 MiB alive.
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
