// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { PeerCertificate } from 'node:tls';

/**
 * What a server reads from the certificate of a machine: its name, the machine's address, and the beginning of its
 * validity.
 */
export const certificateOf = (name: string, ip: string): PeerCertificate =>
  ({
    subjectaltname: `DNS:${name}, IP Address:${ip}`,
    serialNumber: Buffer.from(name).toString('hex'),
    fingerprint256: name,
    valid_from: 'Jan  1 00:00:00 2025 GMT',
    valid_to: 'Jan  1 00:00:00 2035 GMT',
  }) as PeerCertificate;
