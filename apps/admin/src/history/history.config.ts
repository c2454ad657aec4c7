// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

/** Where the history is kept, and how much of it. Injected by this class, from the configuration of the admin. */
export abstract class HistoryConfig {
  /** The folder of its segments. */
  abstract readonly folder: string;
  /** The maximum size of all segments together. */
  abstract readonly maxBytes: number;
}
