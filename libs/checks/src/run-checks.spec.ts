// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { GivcError } from '@givc/model';
import { check } from './check-result.js';
import { checkEach, runChecks } from './run-checks.js';

const ok = (subject: string) => check('units', subject).ok('is installed');
const bad = (subject: string) => check('units', subject).failure('is unknown', 'install it');

describe('checks', () => {
  afterEach(() => jest.useRealTimers());

  it('have their results in the order of the checks, whichever ends first', async () => {
    let end!: () => void;
    const slow = new Promise<void>((resolve) => (end = resolve));
    const running = runChecks([
      { id: 'units', subject: 'a', run: () => slow.then(() => [ok('a')]) },
      { id: 'clock', subject: 'b', run: () => (end(), [ok('b')]) },
    ]);
    expect((await running).map(({ subject }) => subject)).toEqual(['a', 'b']);
  });

  it('are failures of themselves when they throw, and the others go on', async () => {
    const fail = () => {
      throw new GivcError('UNAVAILABLE', 'systemd has left the bus');
    };
    expect(
      await runChecks([
        { id: 'units', subject: 'a', run: fail },
        { id: 'clock', subject: 'b', run: () => [ok('b')] },
      ]),
    ).toEqual([
      check('units', 'a').failure('cannot be checked: systemd has left the bus', 'mend that first, and check again'),
      ok('b'),
    ]);
  });

  it('are failures of themselves when they take six seconds', async () => {
    jest.useFakeTimers();
    const running = runChecks([{ id: 'units', subject: 'a', run: () => new Promise(() => undefined) }]);
    await jest.advanceTimersByTimeAsync(30_000);
    expect(await running).toMatchObject([
      { id: 'units', subject: 'a', state: 'failure', message: 'was not checked within 6 s' },
    ]);
  });

  it('name twenty problems, and say how many more there are and that one of them is a failure', async () => {
    const many = Array.from({ length: 25 }, (_, at) =>
      at === 24 ? bad(`${at}`) : check('units', `${at}`).warning('is masked', 'unmask it'),
    );
    const found = await runChecks([{ id: 'units', subject: 'all', run: () => many }]);
    expect(found).toHaveLength(21);
    expect(found.at(-1)).toMatchObject({ subject: 'all', state: 'failure', message: 'has 5 more of these problems' });
  });

  it('of many subjects have one line when all are right, none without subjects, and otherwise the problems', async () => {
    const right = () => ok('all');
    expect(await checkEach(['a', 'b'], () => undefined, right)).toEqual([ok('all')]);
    expect(await checkEach([], bad, right)).toEqual([]);
    expect(await checkEach(['a', 'b'], (one) => (one === 'b' ? bad(one) : undefined), right)).toEqual([bad('b')]);
  });
});
