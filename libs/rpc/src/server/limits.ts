/** How much of a server its callers can take; what is beyond is refused, and those that are served notice nothing. */
export interface ServerLimits {
  /** Calls that are open at once: RESOURCE_EXHAUSTED. */
  readonly openCalls: number;
  /** Those of one caller: a certificate, or without TLS an address. */
  readonly openCallsOfPeer: number;
  /** Connections at each address that the server listens at, handshakes included; closed before TLS costs anything. */
  readonly connections: number;
  /** Those of one certificate, so that one caller alone keeps nobody out. */
  readonly connectionsOfPeer: number;
  /** TLS handshakes from one IP address that have not ended; one more ends the oldest. */
  readonly handshakesOfAddress: number;
  /** How long a TLS handshake may take. */
  readonly handshakeMs: number;
}

/** More than any system of machines needs. */
export const serverLimits: ServerLimits = {
  openCalls: 6_000,
  openCallsOfPeer: 1_500,
  connections: 2_048,
  connectionsOfPeer: 512,
  handshakesOfAddress: 64,
  handshakeMs: 5_000,
};
