// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder } from '@givc/files';
import { GivcError, type PolicyName } from '@givc/model';
import { runProgram } from '@givc/programs';
import type { GitSourceConfig, PoliciesConfig } from './policies.config.js';
import type { PolicyStore } from './policy-store.js';
import { fileOfPolicy, parseTree, type TreeFile } from './repository-tree.js';

const networkLimitMs = 120_000;
const treeMaxBytes = 4 * 1024 * 1024;
const signatureMaxBytes = 4_096;
const ref = 'refs/givc/policies';

/**
 * Limits what git does: it uses no configuration of this machine or its users, asks for no input, runs no hooks, and
 * uses only the protocol of the repository, also after a redirect. It uses the ssh keys of the admin's user.
 */
const environmentFor = (protocol: string): Record<string, string> => ({
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_TERMINAL_PROMPT: '0',
  GIT_ASKPASS: '/bin/false',
  SSH_ASKPASS: '/bin/false',
  GIT_SSH_COMMAND: 'ssh -o BatchMode=yes -o ConnectTimeout=15',
  GIT_ALLOW_PROTOCOL: protocol,
  GIT_HTTP_LOW_SPEED_LIMIT: '100',
  GIT_HTTP_LOW_SPEED_TIME: '30',
  LC_ALL: 'C',
});

const settings = [
  ...['core.hooksPath=/dev/null', 'core.fsmonitor=false', 'fetch.fsckObjects=true', 'gc.autoDetach=false'],
  ...['fetch.recurseSubmodules=false', 'credential.helper='],
].flatMap((setting) => ['-c', setting]);

/** A git repository of policies, kept as a bare one without a working tree, so that no symlink of it leads anywhere. */
export class GitSource {
  readonly #folder: string;
  #commit: string | undefined;

  constructor(
    private readonly source: GitSourceConfig,
    private readonly config: PoliciesConfig,
    private readonly store: PolicyStore,
  ) {
    this.#folder = join(config.store, 'repository.git');
  }

  /**
   * Fetches the branch and stores its policies, newer or older than before. Resolves with the policies that failed,
   * each with its error.
   */
  async update(signal: AbortSignal): Promise<Map<PolicyName, GivcError>> {
    const commit = await this.#fetch(signal);
    if (commit === this.#commit) return new Map();
    const failures = new Map<PolicyName, GivcError>();
    const tree = parseTree(await this.#git(['ls-tree', '-r', '-l', '-z', commit], signal, treeMaxBytes));
    for (const name of this.config.policies.keys()) {
      try {
        await this.#take(name, tree, signal);
      } catch (error) {
        if (!(error instanceof GivcError)) throw error;
        failures.set(name, error);
      }
    }
    if (failures.size === 0) this.#commit = commit;
    return failures;
  }

  /** After an error the local repository is deleted; everything in it is also in the store or at the source. */
  async #fetch(signal: AbortSignal): Promise<string> {
    const { url, protocol } = this.source.url;
    const branch = this.source.branch === undefined ? 'HEAD' : `refs/heads/${this.source.branch}`;
    try {
      await makeFolder(this.#folder);
      await this.#git(['init', '--quiet', '--bare', '--template='], signal);
      const flags = ['--quiet', '--depth=1', '--no-tags', '--no-recurse-submodules', '--no-write-fetch-head'];
      await this.#git(['fetch', ...flags, '--', url, `+${branch}:${ref}`], signal, undefined, protocol);
      return (await this.#git(['rev-parse', '--verify', `${ref}^{commit}`], signal)).toString().trim();
    } catch (error) {
      // An error of the deletion must not replace the first one.
      await rm(this.#folder, { recursive: true, force: true }).catch(() => undefined);
      throw error;
    }
  }

  async #take(name: PolicyName, tree: readonly TreeFile[], signal: AbortSignal): Promise<void> {
    const { content, signature } = fileOfPolicy(name, tree, this.config.maxBytes);
    const bytes = await this.#git(['cat-file', 'blob', content.id], signal, this.config.maxBytes);
    const text = signature && (await this.#git(['cat-file', 'blob', signature.id], signal, signatureMaxBytes));
    await this.store.put(name, [bytes], text?.toString());
  }

  async #git(args: readonly string[], signal: AbortSignal, maxBytes?: number, protocol = 'none'): Promise<Buffer> {
    const { status, stdout, stderr } = await runProgram('git', ['--git-dir', this.#folder, ...settings, ...args], {
      signal,
      timeoutMs: networkLimitMs,
      environment: environmentFor(protocol),
      directory: this.#folder,
      // The limit is one byte more than allowed, so that the excess is reported here.
      ...(maxBytes !== undefined && { maxBytes: maxBytes + 1 }),
    });
    if (status === 0) return stdout;
    const [why = ''] = stderr.toString().trim().split('\n').slice(-1);
    throw new GivcError('UNAVAILABLE', `git ${args[0]}: ${why.slice(0, 300) || `status ${status}`}`);
  }
}
