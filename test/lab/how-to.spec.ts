// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { blocksOf, type Block } from '../support/documentation.js';
import { agentConfig } from './agent-config.js';
import type { Lab } from './lab.js';
import { machineNames, programUnit, user, type MachineName } from './plan.js';
import { run } from './run.js';
import { sharedLab } from './shared-lab.js';
import { installShellTools, shellSettings } from './shell-tools.js';

const pages = ['docs/tutorial.md', ...readdirSync('docs/how-to').map((name) => `docs/how-to/${name}`)];
const isMachine = (name: string | undefined): name is MachineName => machineNames.some((one) => one === name);

/** Whether a value is in another one: the keys of objects and the entries of arrays may be fewer. */
function isIn(part: unknown, whole: unknown): boolean {
  if (Array.isArray(part)) return Array.isArray(whole) && part.every((one) => whole.some((other) => isIn(one, other)));
  if (typeof part !== 'object' || part === null) return part === whole;
  return Object.entries(part).every(([key, value]) =>
    isIn(value, (whole as Record<string, unknown> | undefined)?.[key]),
  );
}

/** The machine whose program a block is about, in the lab. */
const machineOf = ({ title = '' }: Block): MachineName | undefined => {
  const name = / of (?:the )?([a-z-]+)$|^on ([a-z-]+)$/.exec(title)?.slice(1).find(Boolean);
  return isMachine(name) ? name : undefined;
};

/** The line in the lab, where the agent of a machine has a unit of its own, and programs are those of the build. */
function inLab(block: Block, line: string): string {
  const machine = machineOf(block);
  if (machine === undefined) return line;
  const unit = programUnit(machine).replace('.service', '');
  const script = line.replaceAll(/(?<=systemctl .*|journalctl .*-u )givc-agent\b/g, unit);
  const where = block.title!.startsWith('in the session') ? user.name : machine;
  return `on ${where} sh -c '${script.replaceAll("'", "'\\''")}'`;
}

describe('a page that explains what to do', () => {
  let lab: Lab;
  let folder: string;

  beforeAll(async () => {
    lab = await sharedLab();
    installShellTools(lab);
    // A write to its pipe waits for it, and other specs leave it failed.
    await lab.cli(['start', 'service', 'fragile.service', '--vm', 'net-vm']);
    folder = mkdtempSync(join(tmpdir(), 'givc-how-to-'));
  });
  afterAll(async () => {
    rmSync(folder, { recursive: true });
    await lab.mend();
  });

  it.each(pages)('has commands that do what it says, in their order: %s', async (page) => {
    const blocks = blocksOf(page).filter(({ language, title }) => language === 'sh' && title !== undefined);
    expect(blocks.length).toBeGreaterThan(2);
    for (const block of blocks)
      for (const line of block.text.split('\n').filter((one) => one !== '')) {
        const [command, comment = ''] = line.split(/\s{2,}# /) as [string, string?];
        const script = `. ${shellSettings}; cd ${folder}; ${inLab(block, command)} </dev/null`;
        const { status, stdout, stderr } = await run(['bash', '-c', script]);
        const expected = comment.startsWith('is refused')
          ? expect.not.stringMatching(/^0$/)
          : comment.startsWith('exits with 1 if')
            ? expect.stringMatching(/^[01]$/)
            : '0';
        expect({ command, status: String(status), stdout, stderr }).toMatchObject({ command, status: expected });
      }
  });

  it.each(pages)('has parts of configurations that the machines of the lab have: %s', (page) => {
    for (const block of blocksOf(page).filter(({ language }) => language === 'json')) {
      const machine = machineOf(block);
      if (machine === undefined || machine === 'admin-vm') throw new Error(`${page}: of which machine is this file?`);
      const part = JSON.parse(block.text) as Record<string, unknown>;
      // The lab has rules of its own.
      delete part['accessControl'];
      expect([block.title, isIn(part, JSON.parse(agentConfig(machine)))]).toEqual([block.title, true]);
    }
  });

  it.each(pages)('has rules that the command line accepts: %s', async (page) => {
    for (const { text } of blocksOf(page).filter(({ language }) => language === 'cedar')) {
      writeFileSync(join(folder, 'rules.cedar'), text);
      expect(await lab.cli(['policy', 'check', join(folder, 'rules.cedar')])).toMatchObject({ status: 0 });
    }
  });
});
