// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Command, Help, Option, SubCommand } from 'nest-commander';
import type { admin } from '@givc/rpc';
import { AdminCommand } from '../connection/admin-command.js';
import { CommandGroup } from '../usage/command-group.js';
import { generationTable, listedGeneration } from '../updates/listed-generation.js';
import { exitStatus, exitStatusHelpOf } from '../exit/exit-status.js';
import { ProgramStatus } from '../exit/program-status.js';

interface CachixOptions {
  readonly cache?: string;
  readonly cachixHost?: string;
  readonly token?: string;
}

@SubCommand({ name: 'list', description: "Lists the generations of the host's system, and which one is current." })
export class UpdateListCommand extends AdminCommand {
  @Option({ flags: '--as-json', description: 'one JSON array instead of a table' })
  asJson(): boolean {
    return true;
  }

  async run(_: string[], { asJson }: { readonly asJson?: boolean }): Promise<void> {
    const { List } = await this.withAdmin((admin) => admin.listGenerations());
    if (asJson) this.output.json(List.map(listedGeneration));
    else this.output.table(generationTable(List));
  }

  @Help('after')
  example(): string {
    return '\nExample:\n  givc-cli update list';
  }
}

@SubCommand({
  name: 'cachix',
  description: 'Changes the host to a generation that is pinned in a binary cache, and shows the progress.',
  arguments: '<pin>',
  argsDescription: { pin: 'name of the pin' },
})
export class UpdateCachixCommand extends AdminCommand {
  @Option({ flags: '--cache <name>', description: 'the binary cache (default: ghaf-dev)' })
  cache(value: string): string {
    return value;
  }

  @Option({ flags: '--cachix-host <host>', description: 'host of Cachix, instead of the default of the VM host' })
  cachixHost(value: string): string {
    return value;
  }

  @Option({
    flags: '--token <token>',
    description: 'token of a private cache; better in CACHIX_TOKEN, which other users of this machine cannot see',
  })
  token(value: string): string {
    return value;
  }

  async run([Pin = '']: string[], options: CachixOptions): Promise<void> {
    const { cache: Cache = 'ghaf-dev', cachixHost: CachixHost, token = process.env['CACHIX_TOKEN'] } = options;
    const update = { Pin, Cache, CachixHost, Token: token || undefined };
    const leaving = new AbortController();
    const leave = () => leaving.abort();
    process.once('SIGINT', leave);
    try {
      await this.#follow({ Update: { $case: 'Cachix', value: update } }, leaving.signal);
    } catch (error) {
      if (!leaving.signal.aborted) throw error;
      this.output.note('the update continues on the host; "update list" shows its outcome');
      throw new ProgramStatus(exitStatus.interrupted);
    } finally {
      process.off('SIGINT', leave);
    }
  }

  #follow(request: admin.SetGenerationRequest, signal: AbortSignal): Promise<void> {
    return this.withAdmin(async (admin) => {
      for await (const { Output, Error } of admin.setGeneration(request, { signal })) {
        if (Output !== undefined) this.output.progress('stdout', Output);
        if (Error !== undefined) this.output.progress('stderr', Error);
      }
    });
  }

  @Help('after')
  examples(): string {
    return `
Ctrl-C ends givc-cli; the update goes on.

Examples:
  givc-cli update cachix lenovo-x1-carbon-gen11-debug
  CACHIX_TOKEN=$(cat token) givc-cli update cachix my-pin --cache my-cache

${exitStatusHelpOf('update cachix')}`;
  }
}

@Command({
  name: 'update',
  description: "Lists and changes the generation of the host's system.",
  subCommands: [UpdateListCommand, UpdateCachixCommand],
})
export class UpdateCommand extends CommandGroup {}
