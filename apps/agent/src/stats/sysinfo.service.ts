import { Injectable } from '@nestjs/common';
import { messageOf } from '@givc/model';
import { Log } from '@givc/log';
import { runProgram } from '@givc/programs';
import { Coalesced } from '@givc/queue';
import type { stats } from '@givc/rpc';

const timeoutMs = 4_000;
const versionMax = 256;

/** What this machine is, as far as its programs tell. */
@Injectable()
export class SysinfoService {
  readonly #shared = new Coalesced(() => this.#ask());

  constructor(private readonly log: Log) {}

  /** What cannot be found out is `Unknown`, or absent. The programs run once for all who ask meanwhile. */
  sysinfo(): Promise<stats.SysinfoResponse> {
    return this.#shared.get();
  }

  async #ask(): Promise<stats.SysinfoResponse> {
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

  /** Undefined when there is no such program, or it fails. */
  async #outputOf(program: string, ...args: string[]): Promise<string | undefined> {
    try {
      const { stdout, status } = await runProgram(program, args, { timeoutMs, environment: { LC_ALL: 'C' } });
      // bootctl(1) fails after it has told of secure boot when there is no boot loader of its own.
      if (status === 0 || program === 'bootctl') return stdout.toString();
      this.log.debug('sysinfo', { program, status });
    } catch (error) {
      this.log.debug('sysinfo', { program, error: messageOf(error) });
    }
    return undefined;
  }
}

/** From what `bootctl status` prints: `Secure Boot: disabled (setup)`. */
function secureBootOf(status: string): boolean | undefined {
  const word = /^\s*Secure Boot:\s*(enabled|disabled)\b/m.exec(status)?.[1];
  return word === undefined ? undefined : word === 'enabled';
}
