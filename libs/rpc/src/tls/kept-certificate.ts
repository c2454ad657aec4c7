// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { TLSSocket } from 'node:tls';

/** The certificate of a connection never changes; without this, each call would decode it again. */
export function keepCertificate(socket: TLSSocket): void {
  const certificate = socket.getPeerCertificate();
  Object.defineProperty(socket, 'getPeerCertificate', { value: () => certificate });
}
