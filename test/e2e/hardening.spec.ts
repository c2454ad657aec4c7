// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const units = 'packaging/systemd';
const version = Number(
  /systemd (\d+)/.exec(spawnSync('systemd-analyze', ['--version'], { encoding: 'utf8' }).stdout)?.[1],
);
/** `security` reads files since systemd 250. */
const isAnalyzable = version >= 250;
if (!isAnalyzable)
  process.stderr.write('SKIPPED: how open the units are: there is no systemd-analyze of systemd 250\n');

/** What systemd-analyze(1) computes for a packaged unit, with a program that exists on this machine. */
function exposure(file: string): number {
  const folder = mkdtempSync(join(tmpdir(), 'givc-unit-'));
  try {
    const unit = join(folder, file);
    const text = readFileSync(join(units, file), 'utf8').replace(/^Exec(Start|Condition)=.*$/gm, 'Exec$1=/bin/true');
    writeFileSync(unit, text);
    const args = ['security', '--offline=true', '--no-pager', unit];
    const { stdout, stderr } = spawnSync('systemd-analyze', args, { encoding: 'utf8' });
    const [, figure] = /Overall exposure level for .*: ([0-9.]+)/.exec(stdout) ?? [];
    if (figure === undefined) throw new Error(stderr);
    return Number(figure);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe('the units of packaging/systemd', () => {
  it('have the settings of packaging/hardening.json, as the drop-ins and docs/hardening.md have', () => {
    const { status, stderr } = spawnSync('node', ['packaging/hardening.mjs', '--check'], { encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });

  (isAnalyzable ? it : it.skip).each([
    ['givc-admin.service', 2.0],
    ['givc-agent.service', 4.0],
  ])('are as closed as promised by the measure of systemd-analyze: %s', (file, limit) => {
    const figure = exposure(file);
    expect(figure).toBeLessThanOrEqual(limit);
    const daemon = file === 'givc-admin.service' ? 'the admin' : 'a system agent';
    expect(readFileSync('docs/hardening.md', 'utf8')).toContain(`${figure.toFixed(1)} for ${daemon}`);
  });
});
