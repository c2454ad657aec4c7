// npm run mutate -- AREA [--only FILE] [--all] [--unit] [--spec FILE] [--workers N] [--record]: see docs/mutation.md.
import { parseArgs } from 'node:util';
import { build, requirements } from './build.mjs';
import { areas, areaOf } from './areas.mjs';
import { coverage } from './coverage.mjs';
import { Plan } from './plan.mjs';
import { Runner } from './runner.mjs';
import { Results, summary } from './results.mjs';
import { accepted } from './types.mjs';

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    only: { type: 'string', multiple: true },
    all: { type: 'boolean', default: false },
    unit: { type: 'boolean', default: false },
    spec: { type: 'string', multiple: true },
    workers: { type: 'string', default: '2' },
    record: { type: 'boolean', default: false },
  },
});
const say = (line) => process.stderr.write(`${line}\n`);
const chosen = positionals.length > 0 ? positionals : areas;
const unknown = chosen.find((area) => !areas.includes(area));
if (unknown !== undefined) {
  say(`area "${unknown}" is unknown (known: ${areas.join(', ')})`);
  process.exit(2);
}

const { mutants, scripts } = await build();
const { digest, reach } = requirements(scripts);
const covered = await coverage(
  { mutants, scripts, reach },
  { areas: chosen, isUnit: options.unit, specs: options.spec },
  Number(options.workers),
  say,
);
const plan = new Plan(covered);

for (const area of chosen) {
  const found = mutants.filter(({ file, ignored }) => areaOf(file) === area && ignored === undefined);
  const inArea = accepted(found, say);
  const results = new Results(area, digest, options.all);
  const isWanted = ({ file }) => options.only === undefined || options.only.some((name) => file.endsWith(name));
  const wanted = inArea.filter(isWanted);
  const progress = () => summary(area, results, wanted);
  await new Runner(plan, results, inArea).run(wanted, Number(options.workers), say, progress);
  results.save(inArea);
  process.stdout.write(summary(area, results, wanted));
  if (options.record) results.record(inArea);
}
process.exit(0);
