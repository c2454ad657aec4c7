// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

// Records which test reaches which mutant, and what each test costs: every spec runs once, in a process of its own. The
// record of a spec stays valid as long as the spec and the files of the chosen areas that its tests ran do not change.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { codeOf, digestOf, output } from './build.mjs';
import { areaOf, isSpec, text } from './areas.mjs';
import { Worker } from './pool.mjs';

const store = `${output}/coverage.json`;

/** The limits of one test. */
const limits = { idle: 60_000, cpu: 60_000 };

const digestNow = (file) => (existsSync(file) ? digestOf(file) : undefined);

export async function coverage({ mutants, scripts, reach }, { areas, isUnit, specs: chosen }, workers, say) {
  const known = existsSync(store) ? JSON.parse(readFileSync(store, 'utf8')) : {};
  const isChosen = (file) => areas.includes(areaOf(file));
  const isWanted = (file) =>
    chosen === undefined ? !isUnit || !file.startsWith('test/') : chosen.some((name) => file.endsWith(name));
  // Modules are loaded once, so a spec that replaces one cannot run.
  const isPlain = (file) => !/\bjest\s*\.(mock|doMock|isolateModules)/.test(text(file));
  const specs = [...scripts.keys()].filter(
    (file) => isSpec(file) && isWanted(file) && isPlain(file) && reach(file).some(isChosen),
  );
  const changed = ({ ran }) => Object.keys(ran).filter((file) => ran[file] !== digestNow(file));
  // Tests of whole systems reach so much that they run again only when they change themselves: see `Plan.reaching`.
  const holds = (spec) =>
    known[spec]?.digest === digestOf(spec) && (spec.startsWith('test/') || !changed(known[spec]).some(isChosen));
  const keys = new Map(mutants.map(({ id, key }) => [id, key]));
  const byKey = (counts) => Object.fromEntries(Object.entries(counts).map(([id, count]) => [keys.get(id), count]));
  const hitsOf = (hits = {}) =>
    Object.fromEntries(Object.entries(hits).map(([phase, counts]) => [phase, byKey(counts)]));
  const files = new Map(mutants.map(({ id, file }) => [id, file]));
  const ranBy = (hits = {}) => {
    const phases = Object.entries(hits).filter(([phase]) => phase !== 'load');
    const ran = new Set(phases.flatMap(([, counts]) => Object.keys(counts).map((id) => files.get(id))));
    return Object.fromEntries([...ran].map((file) => [file, digestOf(file)]));
  };
  const result = {};
  const missing = [];
  for (const spec of specs) {
    if (holds(spec)) result[spec] = { ...known[spec], changed: changed(known[spec]) };
    else missing.push(spec);
  }
  if (missing.length > 0) say(`coverage: ${missing.length} of ${specs.length} specs have to be run`);
  const measure = async () => {
    for (let spec = missing.shift(); spec !== undefined; spec = missing.shift()) {
      const worker = new Worker();
      const answer = await worker.run({ coverage: true, limits, steps: [{ spec, file: codeOf(spec) }] }, 180_000);
      worker.stop();
      if (answer.status !== 'passed') say(`${spec}: left out, ${answer.status} ${answer.error ?? ''}`);
      const tests = answer.results ?? [];
      for (const { name, error } of tests.filter(({ isRight }) => !isRight))
        say(`${spec}: "${name}" fails without a mutant and is left out: ${error}`);
      const right = tests.filter(({ isRight }) => isRight);
      const ran = ranBy(answer.hits);
      result[spec] = { digest: digestOf(spec), ran, changed: [], tests: right, hits: hitsOf(answer.hits) };
      // The failure may not happen again, so it is not kept.
      if (answer.status === 'passed' && tests.every(({ isRight }) => isRight)) known[spec] = result[spec];
      mkdirSync(output, { recursive: true });
      writeFileSync(store, JSON.stringify(known));
    }
  };
  await Promise.all(Array.from({ length: workers }, measure));
  return result;
}
