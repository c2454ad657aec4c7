// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import * as z from 'zod/mini';
import { absent, defaulted, described, entries, parsed } from '@givc/config';
import { invalid, parseUnitName, quoted, vmOfVmUnit, type UnitName } from '@givc/model';

/** `capabilities.services`: the units that may be controlled. */
export const unitNames = entries(parsed(z.string(), parseUnitName));

const vmUnit = parsed(z.string(), (field, value): UnitName => {
  const name = parseUnitName(field, value);
  if (!vmOfVmUnit(name))
    throw invalid(field, `invalid VM ${quoted(value)}: expected a unit such as "microvm@net-vm.service"`);
  return name;
});

/** `capabilities.vmServices`: the units that run the VMs of a host. */
export const vmUnits = defaulted(
  z.strictObject({
    adminVm: described(absent(vmUnit), 'The unit of the VM of the admin, such as microvm@admin-vm.service.'),
    systemVms: described(entries(vmUnit), 'The units of the system VMs.'),
    appVms: described(entries(vmUnit), 'The units of the VMs of applications.'),
  }),
  {},
);
