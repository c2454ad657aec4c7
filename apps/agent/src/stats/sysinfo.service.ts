// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Injectable } from '@nestjs/common';
import { messageOf } from '@givc/model';
import { Log } from '@givc/log';
import { runProgram } from '@givc/programs';
import { Coalesced } from '@givc/queue';
import type { stats } from '@givc/rpc';

const timeoutMs = 4_000;
const versionMax = 256;

/** The version of Ghaf, secure boot and disk encryption of this machine, from the output of its programs. */
@Injectable()
export class SysinfoService {
  readonly #shared = new Coalesced(() => this.#read());

  constructor(private readonly log: Log) {}

  /** A value that cannot be determined is `Unknown`, or absent. Concurrent callers share one run of the programs. */
  sysinfo(): Promise<stats.SysinfoResponse> {
    return this.#shared.get();
  }

  async #read(): Promise<stats.SysinfoResponse> {
    const [version, boot, types] = await Promise.all([
      this.#outputOf('ghaf-version'),
      this.#outputOf('bootctl', 'status'),
      this.#outputOf('lsblk', '--noheadings', '--raw', '--output', 'TYPE'),
    ]);
    return {
      GhafVersion: version?.trim().split('\n')[0]?.slice(0, versionMax) || 'Unknown',
      SecureBoot: secureBootOf(boot ?? ''),
      DiskEncrypted: types === undefined ? undefined : types.split('\n').includes('crypt'),
    };
  }

  /** Undefined when the program is missing or fails. */
  async #outputOf(program: string, ...args: string[]): Promise<string | undefined> {
    try {
      const { stdout, status } = await runProgram(program, args, { timeoutMs, environment: { LC_ALL: 'C' } });
      // bootctl(1) prints secure boot and then fails when its own boot loader is missing.
      if (status === 0 || program === 'bootctl') return stdout.toString();
      this.log.debug('a program of sysinfo has failed', { program, status });
    } catch (error) {
      this.log.debug('a program of sysinfo has failed', { program, error: messageOf(error) });
    }
    return undefined;
  }
}

/** Parses the line `Secure Boot: disabled (setup)` of `bootctl status`. */
function secureBootOf(status: string): boolean | undefined {
  const value = /^\s*Secure Boot:\s*(enabled|disabled)\b/m.exec(status)?.[1];
  return value === undefined ? undefined : value === 'enabled';
}
