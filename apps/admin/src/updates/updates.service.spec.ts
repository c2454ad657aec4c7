// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Log } from '@givc/log';
import type { CallSettings } from '@givc/rpc';
import type { HostElection } from '../registry/host-election.js';
import type { ProgramOutput, OtaUpdate } from './ota-update.js';
import { UpdatesService } from './updates.service.js';

describe('the list of generations', () => {
  let runs: { readonly args: readonly string[]; readonly settings: CallSettings | undefined }[];
  let outputs: ProgramOutput[];
  let updates: UpdatesService;
  const host = { isConfigured: false } as HostElection;

  beforeEach(() => {
    [runs, outputs] = [[], []];
    const otaUpdate = {
      async *run(args: readonly string[], settings?: CallSettings) {
        runs.push({ args, settings });
        await Promise.resolve();
        yield* outputs;
      },
    } as unknown as OtaUpdate;
    updates = new UpdatesService(otaUpdate, host, new Log('error', () => undefined));
  });

  const stdout = (text: string): ProgramOutput => ({ from: 'Stdout', bytes: Buffer.from(text) });

  it('is read once for concurrent callers', async () => {
    outputs = [stdout('['), stdout(']')];
    await Promise.all(Array.from({ length: 100 }, () => updates.list()));
    expect(runs).toHaveLength(2);
  });

  it('has a deadline of two minutes', async () => {
    outputs = [stdout('['), stdout(']')];
    expect(await updates.list()).toEqual([]);
    expect(runs).toEqual([{ args: ['get'], settings: { deadlineMs: 120_000 } }]);
  });

  it('has at most 4 MiB, without counting stderr', async () => {
    const most = `[${' '.repeat(4 * 1024 * 1024 - 2)}]`;
    const warning: ProgramOutput = { from: 'Stderr', bytes: Buffer.from('a warning') };
    outputs = [warning, stdout(most), warning];
    expect(await updates.list()).toEqual([]);
    outputs = [stdout(most), stdout(' ')];
    await expect(updates.list()).rejects.toMatchObject({ reason: 'RESOURCE_EXHAUSTED' });
  });
});
