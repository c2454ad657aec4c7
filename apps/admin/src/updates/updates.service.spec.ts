import { Log } from '@givc/log';
import type { CallSettings } from '@givc/rpc';
import type { HostIdentity } from '../registry/host-identity.js';
import type { Output, OtaUpdate } from './ota-update.js';
import { UpdatesService } from './updates.service.js';

const { signal } = new AbortController();

describe('the list of generations', () => {
  let runs: { readonly args: readonly string[]; readonly settings: CallSettings | undefined }[];
  let outputs: Output[];
  let updates: UpdatesService;
  const host = { isConfigured: false } as HostIdentity;

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

  const stdout = (text: string): Output => ({ from: 'Stdout', bytes: Buffer.from(text) });

  it('is waited for two minutes, or until the caller hangs up', async () => {
    outputs = [stdout('['), stdout(']')];
    expect(await updates.list(signal)).toEqual([]);
    expect(runs).toEqual([{ args: ['get'], settings: { deadlineMs: 120_000, signal } }]);
  });

  it('has at most 4 MiB, of which the output of errors is no part', async () => {
    const most = `[${' '.repeat(4 * 1024 * 1024 - 2)}]`;
    const warning: Output = { from: 'Stderr', bytes: Buffer.from('a warning') };
    outputs = [warning, stdout(most), warning];
    expect(await updates.list(signal)).toEqual([]);
    outputs = [stdout(most), stdout(' ')];
    await expect(updates.list(signal)).rejects.toMatchObject({ reason: 'RESOURCE_EXHAUSTED' });
  });
});
