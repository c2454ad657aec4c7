// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { AdminClient } from '@givc/client';

/** An admin, for a command that connects more than once. */
export interface AdminDialer {
  /** How it is called in sentences: `the admin at 127.0.0.1:9000`. */
  readonly name: string;
  /** Close what it returns. */
  readonly connect: () => AdminClient;
  /** Turns a failure of the connection into a sentence that says what to do. */
  readonly explain: (error: unknown) => unknown;
}
