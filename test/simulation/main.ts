// Runs seeds FROM to FROM + COUNT - 1, and prints those that break a rule; SHOW prints all that happens in each.
import 'reflect-metadata';
import { Random } from '../model/random.js';
import { lineOf } from './plan/action.js';
import { planOf } from './plan/generate.js';
import { run, type Outcome } from './run.js';
import { installClock } from './time/clock.js';

installClock();
const [from = '1', count = '1', show] = process.argv.slice(2);
const last = Number(from) + Number(count) - 1;
const lines: string[] = [];
let failed = 0;

const runSeed = (seed: number): Promise<Outcome> => run(seed, planOf(Random.of(seed, 'plan')));

for (let seed = Number(from); seed <= last; seed++) {
  const { actions } = planOf(Random.of(seed, 'plan'));
  const { violation, hash, lines: events } = await runSeed(seed);
  if (show) lines.push(`seed ${seed}:`, ...actions.map(lineOf), ...events);
  if (violation) {
    failed++;
    lines.push(`seed ${seed} breaks the rule that ${violation.rule}: ${violation.text}`, ...actions.map(lineOf));
  }
  // The first of the seeds is run once more: the same seed has to be the same events.
  if (seed === Number(from) && (await runSeed(seed)).hash !== hash) {
    failed++;
    lines.push(`seed ${seed} does not replay: its events are others the second time`);
  }
}
process.stdout.write(lines.map((line) => `${line}\n`).join(''));
process.exitCode = failed === 0 ? 0 : 1;
