// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { AdminClient } from '@givc/client';
import { GivcError } from '@givc/model';
import type { admin } from '@givc/rpc';
import { AdminCommand } from '../connection/admin-command.js';

export interface Restart {
  /** When this throws, nothing is started. */
  readonly stop: (admin: AdminClient) => Promise<unknown>;
  readonly start: (admin: AdminClient) => Promise<admin.StartResponse>;
}

/** A command that stops something and starts it again. */
export abstract class RestartCommandBase extends AdminCommand {
  /** Resolves with the answer to the start. When `what` was stopped and does not start, the error names both. */
  protected async restart(what: string, { stop, start }: Restart): Promise<admin.StartResponse> {
    await this.output.meanwhile(`stopping ${what}`, this.withAdmin(stop));
    try {
      return await this.output.meanwhile(`starting ${what}`, this.withAdmin(start));
    } catch (error) {
      if (!(error instanceof GivcError)) throw error;
      const message = `${what} was stopped, and starting it again failed: ${error.message}`;
      throw new GivcError(error.reason, message, { cause: error });
    }
  }
}
