// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { ServerHttp2Session } from 'node:http2';

/** The handle below the socket of a session. */
interface Handle {
  readStop(): unknown;
  readStart(): unknown;
}

/** The private handle of the session's socket; undefined once the session has ended. */
const handleOf = (session: ServerHttp2Session): Handle | undefined | null =>
  session.destroyed ? undefined : (session.socket as unknown as { readonly _handle?: Handle | null })._handle;

/**
 * Stops reading from the connection until `resumeReading`. Node (20) forbids `pause` of a socket that HTTP/2 reads
 * from, so this uses the private handle of the socket; session-reading.spec.ts fails when that changes.
 */
export const pauseReading = (session: ServerHttp2Session): void => void handleOf(session)?.readStop();

/** Resumes reading. */
export const resumeReading = (session: ServerHttp2Session): void => void handleOf(session)?.readStart();
