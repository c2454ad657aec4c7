// npm run lab: keeps the lab up, with a shell in it; npm run lab:enter [-- COMMAND...]: joins it from another terminal.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Lab } from './lab.js';
import { inNamespaces, unifiedHierarchy } from './namespaces.js';
import { furnish, shellSettings, tour } from './surroundings.js';

const [verb, ...command] = process.argv.slice(2);
if (verb === 'enter') process.exit(enter());
await inNamespaces();

const started = performance.now();
const lab = await Lab.start();
furnish(lab);
process.stdout.write(`The lab is up after ${((performance.now() - started) / 1000).toFixed(1)} s.\n${tour}\n`);
if (process.stdin.isTTY) {
  process.stdout.write('This shell calls from outside the machines; the lab ends with it.\n\n');
  const shell = spawn('bash', ['--noprofile', '--rcfile', shellSettings, '-i'], { stdio: 'inherit' });
  await once(shell, 'exit');
} else {
  process.stdout.write('It stays until this program is ended. Look around with: npm run lab:enter [-- COMMAND...]\n');
  // Nobody types here: only a signal ends the wait, and it ends the namespaces with everything in them.
  const forever = setInterval(() => undefined, 2 ** 30);
  await once(process, 'SIGTERM');
  clearInterval(forever);
}
process.exit(0);

/** Runs the command, or a shell, in the namespaces of the lab that runs on this machine; returns its exit status. */
function enter(): number {
  const pid = hostContainer();
  if (pid === undefined) {
    process.stderr.write('no lab runs here: start it with npm run lab\n');
    return 1;
  }
  const inside =
    command.length > 0
      ? ['bash', '-c', `. ${shellSettings}; exec "$@"`, 'lab', ...command]
      : ['bash', '--noprofile', '--rcfile', shellSettings, '-i'];
  const run = spawnSync('nsenter', ['-t', pid, '-m', '-n', '-p', `--wd=${process.cwd()}`, '--', ...inside], {
    stdio: 'inherit',
  });
  return run.status ?? 1;
}

/** The systemd-nspawn process of the host, which is in the lab's namespaces. */
function hostContainer(): string | undefined {
  const hierarchy = unifiedHierarchy()!;
  for (const lab of readdirSync(hierarchy).filter((name) => name.startsWith('givc-lab-'))) {
    const processes = join(hierarchy, lab, 'host.0/supervisor/cgroup.procs');
    const pid = existsSync(processes) ? readFileSync(processes, 'utf8').split('\n')[0] : undefined;
    if (pid) return pid;
  }
  return undefined;
}
