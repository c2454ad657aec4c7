// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

/** The option for the VM that an instance of an application runs in. */
export const vmOfInstance = {
  flags: '--vm <vm>',
  description: 'VM that it runs in (default: <app>-vm, else the only one that runs it)',
};
