// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chooseLab, runningLabs, type RunningLab } from '../lab/running-labs.js';

const lab = (id: string): RunningLab => ({
  id,
  container: `${id}0`,
  folder: `/${id}`,
  description: `main.ts in /${id}`,
});
const [one, other] = [lab('11'), lab('22')];

describe('the labs that run on a machine', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'givc-labs-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const file = (path: string, text: string): void => {
    mkdirSync(join(folder, path, '..'), { recursive: true });
    writeFileSync(join(folder, path), text);
  };

  it('are those whose host runs, each with the folder in which it was started', () => {
    file('cgroup/givc-lab-11/host.0/supervisor/cgroup.procs', '110\n111\n');
    file('cgroup/givc-lab-22/host.0/supervisor/cgroup.procs', '220\n');
    file('cgroup/givc-lab-33/host.0/supervisor/cgroup.procs', '');
    file('cgroup/givc-lab-44/cgroup.procs', '440\n');
    file('cgroup/system.slice/cgroup.procs', '1\n');
    file('proc/11/cmdline', 'node\0--import\0tsx\0test/lab/main.ts\0');
    symlinkSync('/home/alice/givc', join(folder, 'proc/11/cwd'));
    expect(runningLabs(join(folder, 'cgroup'), join(folder, 'proc'))).toEqual([
      { id: '11', container: '110', folder: '/home/alice/givc', description: 'test/lab/main.ts in /home/alice/givc' },
      { id: '22', container: '220', folder: undefined, description: 'its starter has ended' },
    ]);
  });
});

describe('npm run lab:enter', () => {
  const here = { id: undefined, checkout: '/elsewhere' };
  const answer = (text: string) => jest.fn(() => Promise.resolve(text));

  it('enters the only lab without a question', async () => {
    expect(await chooseLab([one], here, answer('22'))).toBe(one);
    expect(await chooseLab([one], here, undefined)).toBe(one);
  });

  it('enters the lab of its own checkout without a question, unless that checkout has two or another lab is named', async () => {
    const own = { id: undefined, checkout: '/22' };
    expect(await chooseLab([one, other], own, answer('11'))).toBe(other);
    expect(await chooseLab([one, other], { ...own, id: '11' }, undefined)).toBe(one);
    const second = { ...lab('33'), folder: '/22' };
    expect(await chooseLab([one, other, second], own, answer('33'))).toBe(second);
  });

  it('asks at a terminal which of two to enter', async () => {
    const ask = answer(' 22\n');
    expect(await chooseLab([one, other], here, ask)).toBe(other);
    expect(ask).toHaveBeenCalledWith('2 labs run here:\n  11  main.ts in /11\n  22  main.ts in /22\nWhich one? ');
  });

  it('names both, and how to choose, without a terminal', async () => {
    await expect(chooseLab([one, other], here, undefined)).rejects.toThrow(
      '2 labs run here; choose one by npm run lab:enter -- --lab ID:\n  11  main.ts in /11\n  22  main.ts in /22',
    );
  });

  it('enters the one that is named, and rejects another name', async () => {
    expect(await chooseLab([one, other], { ...here, id: '22' }, undefined)).toBe(other);
    await expect(chooseLab([one, other], { ...here, id: '33' }, undefined)).rejects.toThrow(
      /^no lab "33" runs here:\n {2}11 /,
    );
    await expect(chooseLab([one, other], here, answer(''))).rejects.toThrow('no lab "" runs here');
    await expect(chooseLab([], { ...here, id: '11' }, undefined)).rejects.toThrow(
      'no lab runs here: start it with npm run lab',
    );
  });
});
