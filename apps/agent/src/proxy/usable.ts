// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

/** The entries of a proxy that can be opened, and the reasons why the others cannot. */
export interface Usable<Entry> {
  readonly usable: Entry[];
  readonly warnings: readonly string[];
}
