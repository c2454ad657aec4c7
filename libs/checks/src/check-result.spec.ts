// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { allRight, check, formatProblem, parseResults } from './check-result.js';

describe('the results of a peer', () => {
  it('are bounded in their number and their texts, and printable', () => {
    const long = {
      id: 'i'.repeat(100),
      subject: 's'.repeat(200),
      state: 'ok',
      message: 'm'.repeat(300),
      fix: '\u001b[2J',
    };
    const parsed = parseResults(Array.from({ length: 300 }, () => long));
    expect(parsed).toHaveLength(200);
    const { id, subject, message, fix } = parsed[0]!;
    expect([id, subject, message].map((text) => text.length)).toEqual([64, 128, 256]);
    expect(fix).toBe('�[2J');
  });

  it('are warnings when their state is unknown', () => {
    const states = ['ok', 'warning', 'failure', 'fatal', ''];
    const parsed = parseResults(states.map((state) => ({ id: 'new', subject: 'a', state, message: 'b', fix: 'c' })));
    expect(parsed.map(({ state }) => state)).toEqual(['ok', 'warning', 'failure', 'warning', 'warning']);
  });

  it.each([
    [1, '1 unit is installed'],
    [2, '2 units are installed'],
  ])('are one sentence when all %d subjects are right', (count, sentence) => {
    const right = allRight('units', count, ['unit', 'is installed'], ['units', 'are installed']);
    expect(formatProblem(right)).toBe(sentence);
  });

  it('are a sentence with a fix, which one that is ok does not have', () => {
    expect(formatProblem(check('units', 'a.service').failure('is unknown', 'install it'))).toBe(
      'a.service is unknown; install it',
    );
    expect(formatProblem(check('units', 'a.service').ok('is installed'))).toBe('a.service is installed');
  });
});
