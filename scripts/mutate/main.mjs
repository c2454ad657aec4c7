// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

// npm run mutate -- [AREA]... [OPTION]...: see usage.mjs and docs/mutation.md.
import { parseArgs } from 'node:util';
import { build, requirements } from './build.mjs';
import { areas, areaOf } from './areas.mjs';
import { coverage } from './coverage.mjs';
import { Plan } from './plan.mjs';
import { Runner } from './runner.mjs';
import { Results, summary } from './results.mjs';
import { accepted } from './types.mjs';
import { options as known, usage } from './usage.mjs';

const say = (line) => process.stderr.write(`${line}\n`);
function refuse(message) {
  say(`${message}\nnpm run mutate -- --help lists the areas and the options`);
  process.exit(2);
}
function parse() {
  try {
    return parseArgs({ allowPositionals: true, options: known });
  } catch (error) {
    return refuse(error.message);
  }
}
const { values: options, positionals } = parse();
if (options.help) {
  process.stdout.write(usage);
  process.exit(0);
}
const workers = Number(options.workers);
if (!Number.isInteger(workers) || workers < 1) refuse(`invalid --workers "${options.workers}": expected 1 or more`);
const chosen = positionals.length > 0 ? positionals : areas;
const unknown = chosen.find((area) => !areas.includes(area));
if (unknown !== undefined) refuse(`area "${unknown}" is unknown (known: ${areas.join(', ')})`);

const { mutants, scripts } = await build();
const { digest, reach } = requirements(scripts);
const covered = await coverage(
  { mutants, scripts, reach },
  { areas: chosen, isUnit: options.unit, specs: options.spec },
  workers,
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
  await new Runner(plan, results, inArea).run(wanted, workers, say, progress);
  results.save(inArea);
  process.stdout.write(summary(area, results, wanted));
  if (options.record) results.record(inArea);
}
process.exit(0);
