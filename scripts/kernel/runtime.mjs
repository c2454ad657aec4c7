// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

// The part of jest that the specs of test/kernel use; they are bundled with it. With an emulated processor jest itself
// takes minutes to start.
import { writeFileSync } from 'node:fs';
import { jestExpect } from '@jest/expect';
import * as circus from 'jest-circus';
import 'reflect-metadata';

const { describe, it, test, beforeAll, beforeEach, afterAll, afterEach } = circus;
Object.assign(globalThis, { describe, it, test, beforeAll, beforeEach, afterAll, afterEach, expect: jestExpect });

/** The time after which a hanging test fails. */
const testLimitMs = 300_000;

const titleOf = ({ parent, name }) => {
  const names = [name];
  for (let block = parent; block?.parent; block = block.parent) names.unshift(block.name);
  return names.join(' › ');
};
const log = (line) => process.stdout.write(`${line}\n`);

/** Runs the tests whose specs have been loaded, and writes how many passed, failed and were skipped to a file. */
export async function runTests(report) {
  const sum = { passed: 0, failed: 0, skipped: 0 };
  const problem = (error) => {
    sum.failed++;
    const lines = String(error?.stack ?? error).split('\n');
    log(
      `  ${lines.filter((line, index) => index < 30 && !/node:internal|^\s+at .*(_run|_call|Promise)/.test(line)).join('\n  ')}`,
    );
  };
  process.on('uncaughtException', problem);
  process.on('unhandledRejection', problem);
  circus.getState().testTimeout = testLimitMs;
  circus.addEventHandler((event) => {
    if (event.name === 'test_skip') sum.skipped++;
    if (event.name !== 'test_done') return;
    const { errors } = event.test;
    log(`${errors.length === 0 ? '✓' : '✕'} ${titleOf(event.test)} (${(event.test.duration ?? 0) / 1_000} s)`);
    if (errors.length === 0) sum.passed++;
    else for (const error of errors.flat().slice(0, 1)) problem(error);
  });
  const { unhandledErrors } = await circus.run();
  for (const error of unhandledErrors) log(String(error));
  sum.failed += unhandledErrors.length;
  writeFileSync(report, JSON.stringify(sum));
  process.exit(sum.failed === 0 && sum.passed + sum.skipped > 0 ? 0 : 1);
}
