// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Injectable } from '@nestjs/common';
import { CommandRunner } from 'nest-commander';
import { AdminClient } from '@givc/client';
import { formatAddress, type Endpoint } from '@givc/model';
import type { TlsMaterial } from '@givc/rpc';
import { currentTrace } from '@givc/trace';
import { parseConnection, type GlobalOptions } from './connection.js';
import { explain, hasBroken, type OwnCertificate } from './explain.js';
import type { AdminDialer } from './admin-dialer.js';
import { renewableMaterial } from './renewable-material.js';
import { explainName } from '../names/explain-name.js';
import { typedNames } from '../names/typed-names.js';
import { Output } from '../output/output.js';
import { inWordsOf } from '../usage/request-fields.js';
import { parseNumber, parseUsage, strict, type Command } from '../usage/usage.js';

/** A command that calls the admin. */
@Injectable()
export abstract class AdminCommand extends CommandRunner {
  constructor(protected readonly output: Output) {
    super();
  }

  override setCommand(command: Command): this {
    return super.setCommand(strict(command));
  }

  /** Connects to the admin of the global options on first use. */
  protected adminDialer(): AdminDialer {
    const { endpoint, tls, own } = this.connection();
    const trace = currentTrace();
    if (trace && this.command.optsWithGlobals<GlobalOptions>().verbose) this.output.note(`trace ${trace.traceId}`);
    return {
      name: `the admin at ${formatAddress(endpoint.address)}`,
      connect: () => new AdminClient(endpoint, tls?.()),
      explain: (error) => explain(error, endpoint, own),
    };
  }

  /** The endpoint of the admin, and the TLS material of the global options; call `tls` for each connection. */
  protected connection(): {
    readonly endpoint: Endpoint;
    readonly tls: (() => TlsMaterial) | undefined;
    readonly own: OwnCertificate | undefined;
  } {
    const { endpoint, tlsFiles } = this.parse(() => parseConnection(this.command.optsWithGlobals(), process.env));
    if (!tlsFiles) return { endpoint, tls: undefined, own: undefined };
    const tls = this.parse(() => renewableMaterial(tlsFiles));
    return { endpoint, tls, own: { file: tlsFiles.cert, pem: () => tls().cert } };
  }

  /**
   * Runs `work` with a client of the admin of the global options. An error about a name of the command line comes with
   * similar names, and one about a field of the request names the argument or option instead.
   */
  protected async withAdmin<T>(work: (admin: AdminClient) => Promise<T>): Promise<T> {
    const { connect, explain } = this.adminDialer();
    const admin = connect();
    try {
      return await work(admin);
    } catch (error) {
      throw explain(inWordsOf(this.command, await explainName(error, admin, typedNames(this.command))));
    } finally {
      admin.close();
    }
  }

  /** Like `withAdmin`, for calls that end the admin when they succeed, so that their answer may not arrive. */
  protected async withLeavingAdmin(work: (admin: AdminClient) => Promise<unknown>): Promise<void> {
    await this.withAdmin(async (admin) => {
      try {
        await work(admin);
      } catch (error) {
        if (!hasBroken(error)) throw error;
        this.output.note('the admin has ended before it answered');
      }
    });
  }

  /** A value that the parser rejects is bad usage. */
  protected parse<T>(parse: () => T): T {
    return parseUsage(this.command, parse);
  }

  protected parseNumber(flag: string, value: string, min: number, max = 0xffffffff): number {
    return parseNumber(this.command, flag, value, min, max);
  }
}
