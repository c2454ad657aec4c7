// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { AdminClient } from '@givc/client';

/** An admin, for a command that connects more than once. */
export interface AdminDialer {
  /** Its name in messages: `the admin at 127.0.0.1:9000`. */
  readonly name: string;
  /** Close what it returns. */
  readonly connect: () => AdminClient;
  /** Replaces a connection error by one that suggests what to do. */
  readonly explain: (error: unknown) => unknown;
}
