// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { report } from '@givc/rpc';

/** A machine whose agent reports, as an admin lists it; without `applications`, they are unknown. */
export const reportedMachine = (
  name: string,
  applications?: readonly string[],
  fields: Partial<report.Machine> = {},
): report.Machine => ({
  ...{ name, vm_type: 'AppVM', vm_status: 'Running', agent_state: 'reporting', last_seen_ms: 1, address: '' },
  ...{ transport: undefined, agent_version: '0.1.0', protocol_version: 1 },
  applications: applications && { names: [...applications] },
  ...fields,
});
