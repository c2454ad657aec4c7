// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { stoppedStatus, type UnitName } from '@givc/model';
import type { report } from '@givc/rpc';
import type { UnitReport } from './registry-requests.js';

// `RegistryRequest.Type` of a system VM.
const service = 9;
export const application = 10;

/** A unit of the agent, in this state since that time. */
export const entry = (name: string, since_ms = 0, ActiveState = 'active', Type = service): UnitReport => ({
  registration: {
    ...{ Name: name, Parent: '', Type, Transport: undefined },
    State: { ...stoppedStatus(name as UnitName), ActiveState },
  },
  ending: undefined,
  since_ms,
});

/** The update of the unit once its entry is known. */
export const updateOf = ({
  registration: { Name: name, State: status },
  ending,
  since_ms,
}: UnitReport): report.Update => ({
  ...{ name, status, ending, since_ms },
});
