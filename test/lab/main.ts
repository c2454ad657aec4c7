// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

// npm run lab: runs the lab, with a shell in it; npm run lab:enter [-- [--lab ID] COMMAND...]: enters it from another
// terminal.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline/promises';
import { Lab } from './lab.js';
import { inNamespaces, unifiedHierarchy } from './namespaces.js';
import { checkout } from './plan.js';
import { chooseLab, runningLabs, type RunningLab } from './running-labs.js';
import { installShellTools, shellSettings, tour } from './shell-tools.js';

const [verb, ...command] = process.argv.slice(2);
if (verb === 'enter') process.exit(await enter());
await inNamespaces();

const started = performance.now();
const lab = await Lab.start({ say: (line) => process.stderr.write(`${line}\n`) });
installShellTools(lab);
process.stdout.write(`The lab is up after ${((performance.now() - started) / 1000).toFixed(1)} s.\n${tour}\n`);
if (process.stdin.isTTY) {
  process.stdout.write('This shell calls from outside the machines; the lab ends with it.\n\n');
  const shell = spawn('bash', ['--noprofile', '--rcfile', shellSettings, '-i'], { stdio: 'inherit' });
  await once(shell, 'exit');
} else {
  process.stdout.write('It stays until this program is ended. Look around with: npm run lab:enter [-- COMMAND...]\n');
  // There is no keyboard input here: only a signal ends the wait, and then the namespaces with all their processes.
  const forever = setInterval(() => undefined, 2 ** 30);
  await once(process, 'SIGTERM');
  clearInterval(forever);
}
process.exit(0);

/** Runs the command, or a shell, in the namespaces of a lab that runs on this machine; returns its exit status. */
async function enter(): Promise<number> {
  const [id, inLab] = command[0] === '--lab' ? [command[1], command.slice(2)] : [undefined, command];
  let lab: RunningLab;
  try {
    lab = await chooseLab(runningLabs(unifiedHierarchy()!), { id, checkout }, process.stdin.isTTY ? ask : undefined);
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`);
    return 1;
  }
  const inside =
    inLab.length > 0
      ? ['bash', '-c', `. ${shellSettings}; exec "$@"`, 'lab', ...inLab]
      : ['bash', '--noprofile', '--rcfile', shellSettings, '-i'];
  const run = spawnSync('nsenter', ['-t', lab.container, '-m', '-n', '-p', `--wd=${process.cwd()}`, '--', ...inside], {
    stdio: 'inherit',
  });
  return run.status ?? 1;
}

async function ask(question: string): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await terminal.question(question);
  } finally {
    terminal.close();
  }
}
