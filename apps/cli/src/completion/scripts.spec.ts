// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { shells } from './scripts.js';

const missing = (shell: string): boolean => spawnSync(shell, ['--version']).error !== undefined;

describe('the completion script', () => {
  let folder: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'givc-completion-'));
    const file = join(folder, 'givc-cli');
    writeFileSync(file, `#!/bin/sh\ncat ${folder}/answer\n`);
    chmodSync(file, 0o755);
    mkdirSync(join(folder, 'certs'));
    writeFileSync(join(folder, 'rc'), `PATH=${folder}:$PATH\nPS1='ready> '\n${shells['bash']}`);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  /** The line of a bash on a terminal after the tabulator key was pressed at its end. */
  async function completed(line: string, answer: string): Promise<string> {
    writeFileSync(join(folder, 'answer'), answer);
    const shell = spawn('script', ['-qec', `bash --noprofile --rcfile ${folder}/rc -i`, '/dev/null'], {
      env: { ...process.env, TERM: 'dumb' },
      cwd: folder,
    });
    const closed = once(shell, 'close');
    let out = '';
    try {
      for await (const chunk of shell.stdout) {
        const before = out;
        out += String(chunk);
        // Then to the beginning and the end of the line.
        if (!before.includes('ready> ') && out.includes('ready> '))
          shell.stdin.write(`${line}\t\u0001echo '<\u0005>'\r`);
        const found = /^<(.*)>\r?$/m.exec(out)?.[1];
        if (found !== undefined) return found;
      }
      throw new Error(`bash ended: ${out}`);
    } finally {
      shell.kill('SIGKILL');
      await closed;
    }
  }

  it.each([
    ['givc-cli sta', 'start\tStarts.\n', 'givc-cli start '],
    ['givc-cli stop app chromium@0', 'chromium@0.service\tRunning\n', 'givc-cli stop app chromium@0.service '],
    ['givc-cli stop app "chromium@0', 'chromium@0.service\n', 'givc-cli stop app "chromium@0.service" '],
    ['givc-cli wait a --vm=n', '--vm=net-vm\tSysVM\n', 'givc-cli wait a --vm=net-vm '],
    ['givc-cli wait a --vm=', '--vm=net-vm\n', 'givc-cli wait a --vm=net-vm '],
    ['givc-cli start vm  n', 'net-vm\n', 'givc-cli start vm  net-vm '],
    ['givc-cli start vm n', 'net-vm\nnet2-vm\n', 'givc-cli start vm net'],
    ['givc-cli start vm n', '', 'givc-cli start vm n'],
    ['givc-cli certs verify ce', '<folder>\n', 'givc-cli certs verify certs/'],
    ['givc-cli certs verify --out=ce', '<folder>\n', 'givc-cli certs verify --out=certs/'],
    ['givc-cli --cacert an', '<file>\n', 'givc-cli --cacert answer '],
  ])('completes "%s" in bash with the answer %j to "%s"', async (line, answer, made) => {
    expect(await completed(line, answer)).toBe(made);
  });

  it('neither runs nor expands the words of the line in bash', async () => {
    const line = `givc-cli exec $(touch ${folder}/ran) --vm=n`;
    expect(await completed(line, '$(touch ran)\n`touch ran`\n')).toContain('exec');
    expect(existsSync(join(folder, 'ran'))).toBe(false);
  });

  describe.each(['bash', 'zsh', 'fish'])('for %s', (shell) => {
    (missing(shell) ? it.skip : it)('can be parsed by its shell', () => {
      const file = join(folder, `script.${shell}`);
      writeFileSync(file, shells[shell]!);
      const { status, stderr } = spawnSync(shell, ['-n', file], { encoding: 'utf8' });
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    });
  });
});
