// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

// The part of jest that the specs use, without its module registry: a module is loaded once for a process.
import { createRequire } from 'node:module';
import { jestExpect } from '@jest/expect';
import * as fakeTimers from '@jest/fake-timers';
import * as circus from 'jest-circus';
import * as mock from 'jest-mock';
import 'reflect-metadata';

export { circus };

const require = createRequire(import.meta.url);
const mocker = new mock.ModuleMocker(globalThis);
const timers = new fakeTimers.ModernFakeTimers({
  global: globalThis,
  config: { rootDir: process.cwd(), fakeTimers: {} },
});
const methods = (object, ...names) => Object.fromEntries(names.map((name) => [name, object[name].bind(object)]));
const jest = {
  ...methods(mocker, 'fn', 'spyOn', 'clearAllMocks', 'resetAllMocks', 'restoreAllMocks'),
  ...methods(timers, 'useFakeTimers', 'useRealTimers', 'setSystemTime', 'getTimerCount', 'clearAllTimers'),
  ...methods(timers, 'runAllTimers', 'runAllTimersAsync', 'runOnlyPendingTimers', 'runOnlyPendingTimersAsync'),
  ...methods(timers, 'advanceTimersByTime', 'advanceTimersByTimeAsync', 'getRealSystemTime', 'runAllTicks'),
  ...methods(timers, 'advanceTimersToNextTimer', 'advanceTimersToNextTimerAsync'),
  isMockFunction: (value) => mocker.isMockFunction(value),
  mocked: (value) => value,
  setTimeout: () => jest,
};
const useFakeTimers = jest.useFakeTimers;
jest.useFakeTimers = (options = {}) => {
  // jest gives its tests a process object of their own; here Node's streams need the real one.
  useFakeTimers({ ...options, doNotFake: [...(options.doNotFake ?? []), 'nextTick'] });
  return jest;
};
const { describe, it, test, beforeAll, beforeEach, afterAll, afterEach } = circus;
Object.assign(globalThis, { describe, it, test, beforeAll, beforeEach, afterAll, afterEach, expect: jestExpect, jest });

const states = new Map();
/** The tests of a spec, which is loaded at its first use. */
export function load(file) {
  if (!states.has(file)) {
    circus.resetState();
    require(file);
    states.set(file, circus.getState());
  }
  return states.get(file);
}
/** Forgets all modules of this repository, so that they are loaded again; packages stay. */
export function resetModules() {
  for (const file of Object.keys(require.cache)) if (!file.includes('/node_modules/')) delete require.cache[file];
  states.clear();
}
export function resetMocks() {
  timers.useRealTimers();
  mocker.restoreAllMocks();
}
