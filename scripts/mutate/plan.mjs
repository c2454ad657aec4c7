// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

// Chooses which tests are tried on a mutant, and in which order.
import { dirname } from 'node:path';
import { areaOf } from './areas.mjs';
import { codeOf } from './build.mjs';

const costOf = ({ idle, cpu }) => idle + cpu;
/** The limits after which a test counts as hanging: the machine may be busy, and another path may be slower. */
const limitOf = ({ idle, cpu }) => ({ idle: 3_000 + 5 * idle, cpu: 5_000 + 10 * cpu });
/** The maximum for all tests of one mutant, in milliseconds of an idle machine; tests beyond it are not tried. */
const budgetMs = 6_000;
/** The rank of a test: higher for one that reaches much of a file, lower for a slow one. */
const worth = (test) => test.breadth / (20 + costOf(test));
/** Tests of one spec run together and share its hooks; slow ones run after the others. */
const slowMs = 150;
/** Specs beside the code come first, tests of whole systems last. */
const distance = ({ spec }, { file }) =>
  dirname(spec) === dirname(file) ? 0 : areaOf(spec) === areaOf(file) ? 1 : spec.startsWith('test/') ? 3 : 2;

export class Plan {
  #byMutant = new Map();
  #tests = new Map();
  /** By source file: the tests that killed a mutant of it, the latest first. */
  #killers = new Map();
  /** Specs whose tests build on each other. */
  #whole = new Set();
  /** By source file that has changed: the specs whose coverage was measured before. */
  #changed = new Map();
  /** By source file: how many of its mutants each test reaches. */
  #breadth = new Map();

  constructor(coverage) {
    for (const [spec, { tests, hits, changed }] of Object.entries(coverage)) {
      for (const file of changed) this.#changed.set(file, [...(this.#changed.get(file) ?? []), spec]);
      for (const test of tests) this.#tests.set(`${spec}\0${test.name}`, { ...test, spec });
      for (const [phase, counts] of Object.entries(hits)) {
        for (const [key, count] of Object.entries(counts)) this.#add(key, spec, phase, count, tests);
      }
    }
  }

  #add(mutant, spec, phase, count, tests) {
    if (!this.#byMutant.has(mutant))
      this.#byMutant.set(mutant, { tests: new Map(), isStatic: false, specs: new Set() });
    const entry = this.#byMutant.get(mutant);
    const names = phase === 'load' || phase === 'hook' ? tests.map(({ name }) => name) : [phase];
    if (phase === 'load') {
      entry.isStatic = true;
      entry.specs.add(spec);
      return;
    }
    for (const name of names) {
      const key = `${spec}\0${name}`;
      if (this.#tests.has(key)) entry.tests.set(key, (entry.tests.get(key) ?? 0) + count);
    }
  }

  /**
   * The keys of all tests that reach a mutant. For a mutant that is evaluated while a module is loaded, these are the
   * tests of its file. For a mutant that is newer than the record of a spec, these are the tests of that spec that
   * reach its file.
   */
  reaching(mutant, siblings) {
    const { tests = new Map(), isStatic = false, specs = new Set() } = this.#byMutant.get(mutant.key) ?? {};
    const unsure = new Set(isStatic ? specs : tests.size === 0 ? this.#changed.get(mutant.file) : []);
    if (unsure.size === 0) return tests;
    const keys = new Map(tests);
    for (const sibling of siblings) {
      for (const key of this.#byMutant.get(sibling.key)?.tests.keys() ?? [])
        if (unsure.has(this.#tests.get(key).spec)) keys.set(key, 1);
    }
    // A module with nothing but constants: any spec that loads it may notice the change.
    if (isStatic && keys.size === 0) {
      for (const [key, { spec }] of this.#tests) if (specs.has(spec)) keys.set(key, 1);
    }
    return keys;
  }

  isStatic(mutant) {
    return this.#byMutant.get(mutant.key)?.isStatic ?? false;
  }

  #breadthOf(file, siblings) {
    if (!this.#breadth.has(file)) {
      const counts = new Map();
      for (const { key } of siblings)
        for (const test of this.#byMutant.get(key)?.tests.keys() ?? []) counts.set(test, (counts.get(test) ?? 0) + 1);
      this.#breadth.set(file, counts);
    }
    return this.#breadth.get(file);
  }

  /**
   * The steps of a worker: first the tests that killed a neighbouring mutant, then specs beside the code, then tests of
   * whole systems. Tests that reach most of the file for their cost come first.
   */
  steps(mutant, siblings) {
    const keys = this.reaching(mutant, siblings);
    const killers = (this.#killers.get(mutant.file) ?? []).filter((key) => keys.has(key)).slice(0, 3);
    const breadth = this.#breadthOf(mutant.file, siblings);
    const rest = [...keys.keys()]
      .filter((key) => !killers.includes(key))
      .map((key) => ({ ...this.#tests.get(key), breadth: breadth.get(key) ?? 0 }))
      .sort((a, b) => distance(a, mutant) - distance(b, mutant) || worth(b) - worth(a));
    let spent = 0;
    const affordable = [...killers.map((key) => this.#tests.get(key)), ...rest].filter((test) => {
      const isAffordable = spent === 0 || spent + costOf(test) <= budgetMs;
      if (isAffordable) spent += costOf(test);
      return isAffordable;
    });
    const steps = [];
    for (const [index, test] of affordable.entries()) {
      const isAlone = index < killers.length || costOf(test) > slowMs;
      const shared = isAlone ? undefined : steps.find((step) => step.spec === test.spec && !step.isAlone);
      const step = shared ?? { spec: test.spec, file: codeOf(test.spec), tests: [], limits: {}, isAlone };
      if (shared === undefined) steps.push(step);
      step.tests.push(test.name);
      step.limits[test.name] = limitOf(test);
    }
    for (const step of steps) if (this.#whole.has(step.spec)) this.#complete(step);
    return steps;
  }

  #complete(step) {
    step.tests = undefined;
    for (const test of this.#tests.values()) if (test.spec === step.spec) step.limits[test.name] = limitOf(test);
  }

  /** A spec whose tests do not pass one by one always runs as a whole. */
  runWhole(spec) {
    this.#whole.add(spec);
  }

  isRunWhole(spec) {
    return this.#whole.has(spec);
  }

  hitLimit(mutant) {
    const counts = [...(this.#byMutant.get(mutant.key)?.tests.values() ?? [])];
    return 10_000 + 100 * Math.max(0, ...counts);
  }

  killed(mutant, spec, test) {
    const key = `${spec}\0${test}`;
    const list = this.#killers.get(mutant.file) ?? [];
    this.#killers.set(mutant.file, [key, ...list.filter((other) => other !== key)].slice(0, 10));
  }
}
