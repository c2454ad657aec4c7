// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { parseUnitName } from '@givc/model';
import type { journal } from '@givc/rpc';
import { argumentsFor, Journalctl } from './journalctl.js';
import type { JournalQuery } from './journal-query.js';

const unit = parseUnitName('unit', 'web.service');
const query: JournalQuery = { units: [unit], lines: 3, follow: false, priority: undefined, sinceMs: undefined };
const never = new AbortController().signal;

describe('Journalctl', () => {
  let folder: string;
  let journalctl: Journalctl;
  const program = (body: string): void => {
    const path = join(folder, 'journalctl');
    writeFileSync(path, `#!/bin/sh\ncd ${folder}\n${body}\n`, { mode: 0o755 });
    journalctl = new Journalctl(path);
  };
  const read = async (signal = never, more: Partial<JournalQuery> = {}): Promise<journal.Entry[]> => {
    const found: journal.Entry[] = [];
    for await (const entries of journalctl.read({ ...query, ...more }, signal)) found.push(...entries);
    return found;
  };
  const isAlive = (pid: number): boolean => {
    try {
      return process.kill(pid, 0);
    } catch {
      return false;
    }
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'givc-journalctl-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('passes each value of the query as one argument', () => {
    const other = parseUnitName('unit', 'db.service');
    expect(argumentsFor({ ...query, units: [unit, other], follow: true, priority: 3 }, false)).toEqual([
      '--quiet',
      '--no-pager',
      '--output=export',
      expect.stringMatching(/^--output-fields=MESSAGE,/),
      '--lines=3',
      '--follow',
      '--priority=3',
      '--unit=web.service',
      '--unit=db.service',
    ]);
    expect(argumentsFor(query, true)).toContain('--user-unit=web.service');
  });

  it('runs the program with nothing but a path and a locale in its environment', async () => {
    process.env['AGENT_SECRET'] = 'secret';
    program('env > environment; printf "MESSAGE=hello\\n\\n"');
    const [entry] = await read();
    delete process.env['AGENT_SECRET'];
    expect(String(entry!.fields[0]!.value)).toBe('hello');
    expect(readFileSync(join(folder, 'environment'), 'utf8')).not.toContain('secret');
  });

  it('leaves out entries from before the time', async () => {
    program('printf "__REALTIME_TIMESTAMP=%s\\nMESSAGE=%s\\n\\n" 4999 old 5000 new');
    expect((await read(never, { sinceMs: 5 })).map(({ realtime_us: at }) => at)).toEqual([5_000]);
  });

  it('fails with the words of the program and its status', async () => {
    program('echo "No journal files were opened due to insufficient permissions." >&2; exit 1');
    await expect(read()).rejects.toMatchObject({
      reason: 'FAILED_PRECONDITION',
      message: expect.stringContaining('journalctl ended with status 1: "No journal files were opened due to'),
    });
  });

  it('names the group that lets a user read the journal', async () => {
    program('exit 1');
    const getuid = jest.spyOn(process, 'getuid').mockReturnValue(1_000);
    await expect(read()).rejects.toThrow('may need the group systemd-journal');
    getuid.mockReturnValue(0);
    await expect(read()).rejects.not.toThrow('systemd-journal');
    getuid.mockRestore();
  });

  it('fails when there is no such program', async () => {
    journalctl = new Journalctl('/no/such/journalctl');
    await expect(read()).rejects.toMatchObject({ reason: 'FAILED_PRECONDITION' });
  });

  it('ends the program when the reader ends, also while nothing is written', async () => {
    program('printf "MESSAGE=$$\\n\\n"; exec sleep 60');
    const ending = new AbortController();
    let pid = 0;
    for await (const [entry] of journalctl.read(query, ending.signal)) {
      pid = Number(String(entry!.fields[0]!.value));
      setImmediate()
        .then(() => ending.abort())
        .catch(() => undefined);
    }
    expect(pid).toBeGreaterThan(0);
    expect(isAlive(pid)).toBe(false);
  });

  it('ends its programs with the agent', async () => {
    program('printf "MESSAGE=$$\\n\\n"; exec sleep 60');
    const entries = journalctl.read(query, never);
    const { value } = await entries.next();
    const pid = Number(String(value![0]!.fields[0]!.value));
    expect(isAlive(pid)).toBe(true);
    await journalctl.onApplicationShutdown();
    expect(isAlive(pid)).toBe(false);
    await entries.return();
  });

  it('makes the program wait for a reader that takes no more', async () => {
    const line = 'x'.repeat(1_000);
    program(`n=0; while :; do n=$((n+1)); echo $n > written; printf "MESSAGE=${line}\\n\\n"; done`);
    const entries = journalctl.read(query, never);
    await entries.next();
    const written = () => Number(readFileSync(join(folder, 'written'), 'utf8'));
    // A pipe and one buffer of a stream have room for some 130 lines; without backpressure there is no end.
    for (let last = written(), still = 0; still < 50; still++) {
      for (let n = 0; n < 20; n++) await setImmediate();
      if (written() !== last) [last, still] = [written(), 0];
    }
    expect(written()).toBeLessThan(1_000);
    await entries.return();
  });

  it('splits what it reads at once into batches', async () => {
    const line = 'x'.repeat(20_000);
    program(`for n in 1 2 3 4 5 6 7 8; do printf "MESSAGE=${line}\\n\\n"; done`);
    for await (const entries of journalctl.read(query, never)) expect(entries.length).toBeLessThanOrEqual(2);
    expect(await read()).toHaveLength(8);
  });
});
