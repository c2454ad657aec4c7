// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

/** The option that says which VM an instance of an application runs in. */
export const vmOfInstance = {
  flags: '--vm <vm>',
  description: 'VM that it runs in; without it <app>-vm, else the only one that runs it',
};
