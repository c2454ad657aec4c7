import type { AdminClient } from '@givc/client';
import { GivcError } from '@givc/model';
import { AdminCommand } from '../admin-command.js';

export interface Restart {
  /** Whatever this throws, nothing is started after it. */
  readonly stop: (admin: AdminClient) => Promise<unknown>;
  /** Resolves with the registry name of what it has started. */
  readonly start: (admin: AdminClient) => Promise<string>;
}

/** A command that stops something and starts it again. */
export abstract class RestartCommandBase extends AdminCommand {
  /** Resolves with the registry name of `what`. Says so when it is stopped and does not start. */
  protected async restart(what: string, { stop, start }: Restart): Promise<string> {
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
