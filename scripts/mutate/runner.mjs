// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

// Tries the tests on each mutant.
import { codeOf } from './build.mjs';
import { Worker } from './pool.mjs';

const silenceMs = 180_000;
const hookLimits = { idle: 10_000, cpu: 30_000 };
const specsOf = (keys) => [...keys].map((key) => key.split('\0')[0]);

export class Runner {
  #plan;
  #results;
  #byFile;
  #alone = new Map();

  constructor(plan, results, mutants) {
    this.#plan = plan;
    this.#results = results;
    this.#byFile = Map.groupBy?.(mutants, ({ file }) => file) ?? groupByFile(mutants);
  }

  async run(mutants, workers, say, progress) {
    const queue = [];
    for (const mutant of mutants) {
      const specs = specsOf(this.#plan.reaching(mutant, this.#byFile.get(mutant.file)).keys());
      if (this.#results.get(mutant, specs) !== undefined) continue;
      if (specs.length === 0) this.#results.set(mutant, { status: 'none' }, []);
      else queue.push({ mutant, specs });
    }
    // Modules are loaded again for each static mutant, so static mutants run together.
    const isStatic = ({ mutant }) => this.#plan.isStatic(mutant);
    queue.sort((a, b) => isStatic(a) - isStatic(b));
    const total = queue.length;
    const began = Date.now();
    const work = async () => {
      let worker = new Worker();
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
        const { mutant, specs } = next;
        worker = await this.#try(worker, mutant, specs);
        const done = total - queue.length;
        if (done % 25 === 0) {
          say(`${done}/${total} ${Math.round((Date.now() - began) / 1_000)} s`);
          progress();
        }
      }
      worker.stop();
    };
    say(`${total} mutants to run, ${mutants.length - total} known`);
    await Promise.all(Array.from({ length: workers }, work));
  }

  /** Returns the worker to continue with. */
  async #try(worker, mutant, specs) {
    const isStatic = this.#plan.isStatic(mutant);
    const siblings = this.#byFile.get(mutant.file);
    const job = { mutant: mutant.id, isStatic, hitLimit: this.#plan.hitLimit(mutant), limits: hookLimits };
    const fresh = () => {
      worker.stop();
      worker = new Worker();
    };
    for (;;) {
      const wasFresh = worker.isFresh;
      const steps = this.#plan.steps(mutant, siblings);
      const answer = await worker.run({ ...job, steps }, silenceMs);
      const isKilled = answer.status === 'killed';
      if (answer.isClean !== true) fresh();
      if (isKilled && answer.isClean === false) {
        if (!(await this.#passesAlone(answer))) {
          this.#plan.runWhole(answer.spec);
          continue;
        }
        // The test fails in this process without the mutant, too, so a new process decides.
        if (!wasFresh) continue;
      }
      this.#results.set(mutant, answer, specs);
      if (isKilled) this.#plan.killed(mutant, answer.spec, answer.test);
      return worker;
    }
  }

  /** Whether a test passes without a mutant and without the tests before it. */
  #passesAlone({ spec, test }) {
    const key = `${spec}\0${test}`;
    if (!this.#alone.has(key)) this.#alone.set(key, this.#runAlone(spec, test));
    return this.#alone.get(key);
  }

  async #runAlone(spec, test) {
    if (this.#plan.isRunWhole(spec)) return true;
    const step = { spec, file: codeOf(spec), tests: test === 'load' || test === 'hook' ? undefined : [test] };
    const worker = new Worker();
    const { status } = await worker.run({ steps: [step] }, silenceMs);
    worker.stop();
    return status === 'survived';
  }
}

function groupByFile(mutants) {
  const groups = new Map();
  for (const mutant of mutants) groups.set(mutant.file, [...(groups.get(mutant.file) ?? []), mutant]);
  return groups;
}
