// Tries the tests on each mutant.
import { Worker } from './pool.mjs';

const silenceMs = 180_000;
const specsOf = (keys) => [...keys].map((key) => key.split('\0')[0]);

export class Runner {
  #plan;
  #results;
  #byFile;

  constructor(plan, results, mutants) {
    this.#plan = plan;
    this.#results = results;
    this.#byFile = Map.groupBy?.(mutants, ({ file }) => file) ?? groupByFile(mutants);
  }

  async run(mutants, workers, say) {
    const queue = [];
    for (const mutant of mutants) {
      const specs = specsOf(this.#plan.reaching(mutant, this.#byFile.get(mutant.file)).keys());
      if (this.#results.get(mutant, specs) !== undefined) continue;
      if (specs.length === 0) this.#results.set(mutant, { status: 'none' }, []);
      else queue.push({ mutant, specs });
    }
    const total = queue.length;
    const began = Date.now();
    const work = async () => {
      let worker = new Worker();
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
        const { mutant, specs } = next;
        worker = await this.#try(worker, mutant, specs);
        const done = total - queue.length;
        if (done % 25 === 0) say(`${done}/${total} ${Math.round((Date.now() - began) / 1_000)} s`);
      }
      worker.stop();
    };
    say(`${total} mutants to run, ${mutants.length - total} known`);
    await Promise.all(Array.from({ length: workers }, work));
  }

  /** Returns the worker to go on with. */
  async #try(worker, mutant, specs) {
    const isStatic = this.#plan.isStatic(mutant);
    let { steps } = this.#plan.steps(mutant, this.#byFile.get(mutant.file));
    const job = { mutant: mutant.id, hitLimit: this.#plan.hitLimit(mutant) };
    const fresh = () => {
      worker.stop();
      worker = new Worker();
    };
    if (isStatic && !worker.isFresh) fresh();
    for (;;) {
      const wasFresh = worker.isFresh;
      const answer = await worker.run({ ...job, steps, limits: { idle: 10_000, cpu: 30_000 } }, silenceMs);
      const { status, isClean } = answer;
      if (isStatic || isClean !== true) fresh();
      // A test that then also fails without the mutant says something about the process, so a new one decides.
      if (status === 'killed' && isClean === false && !wasFresh && !isStatic) continue;
      this.#results.set(mutant, answer, specs);
      if (status === 'killed') this.#plan.killed(mutant, answer.spec, answer.test);
      return worker;
    }
  }
}

function groupByFile(mutants) {
  const groups = new Map();
  for (const mutant of mutants) groups.set(mutant.file, [...(groups.get(mutant.file) ?? []), mutant]);
  return groups;
}
