// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TlsMaterial } from '@givc/rpc';

/** The number of units of each simulated machine, besides its agent. */
export const unitsOfMachine = 50;
/** The maximum of one name in certificates: 128 watches, and 1,000 changes a second for all of them. */
export const watchesOfName = 5;
/** Every simulated agent listens at this port, at its own address. */
export const agentPort = 9_000;

/** The simulated machines `vm-0`, `vm-1` and so on. */
export const machineName = (index: number): string => `vm-${index}`;
/** An address of 127.0.0.0/8, all of which is the loopback interface. */
export const machineAddress = (index: number): string => `127.1.${index >> 8}.${index & 255}`;
/** The address from which a watcher connects; pending TLS handshakes are counted by address. */
export const watcherAddress = (index: number): string => `127.2.${index >> 8}.${index & 255}`;
export const watcherName = (index: number): string => `watcher-${index}`;

/** The certificate and key in the folder of that name in `certificates`. */
export function materialIn(certificates: string, name: string): TlsMaterial {
  const read = (file: string): Buffer => readFileSync(join(certificates, name, file));
  return { ca: read('ca-cert.pem'), cert: read('cert.pem'), key: read('key.pem') };
}

/**
 * The description of a changed unit: the time of the change, in milliseconds of CLOCK_MONOTONIC, which all processes
 * share.
 */
export const changeText = (at: number): string => `changed ${at.toFixed(3).padStart(18, '0')}`;
const [marker, digits] = [Buffer.from('changed '), 18];

/** The time at which the unit in this message changed; undefined for any other message. */
export function changedAt(message: Buffer): number | undefined {
  const found = message.indexOf(marker);
  if (found < 0) return undefined;
  const from = found + marker.length;
  return Number(message.toString('latin1', from, from + digits));
}
