// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { homedir } from 'node:os';
import { AdminClient } from '@givc/client';
import { readTlsMaterial } from '@givc/rpc';
import { parseConnection } from '../connection/connection.js';
import { listMachines } from '../machines/list-machines.js';
import type { ListRegistry } from './candidates.js';

/** A person waits for the completion. */
const limitMs = 1_500;

/** The shell passes on what was typed. */
const expandHome = (value: string | true) => (value === true ? value : value.replace(/^~(?=\/)/, homedir()));

/**
 * Requests the list of the admin that the options, or else the environment, name. The list is empty after any failure,
 * and after 1.5 s.
 */
export const listRegistry: ListRegistry = async (typed, needsMachines) => {
  // While glibc looks up a name, even the end of the process waits for it: resolv.conf(5).
  process.env['RES_OPTIONS'] ??= 'timeout:1 attempts:1';
  try {
    const given = Object.fromEntries(Object.entries(typed).map(([name, value]) => [name, expandHome(value)]));
    const { endpoint, tlsFiles } = parseConnection(given, process.env);
    const admin = new AdminClient(endpoint, tlsFiles && readTlsMaterial(tlsFiles));
    try {
      const options = { signal: AbortSignal.timeout(limitMs) };
      const [{ List: items }, machines] = await Promise.all([
        admin.queryList({}, options),
        needsMachines ? listMachines(admin, options) : undefined,
      ]);
      return { items, machines };
    } finally {
      admin.close();
    }
  } catch {
    return { items: [] };
  }
};
