// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { listMistakes } from './list-mistakes.js';

const mistakes = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

describe('a list of mistakes', () => {
  it('shows all of up to ten mistakes', () => {
    expect(listMistakes([])).toEqual([]);
    expect(listMistakes(['a', 'b'])).toEqual(['a', 'b']);
    expect(listMistakes(mistakes(10))).toEqual(['0', '1', '2', '3', '4', '5', '6', '7', '8', '9']);
  });

  it('shows the first ten of more than ten mistakes and counts the rest', () => {
    expect(listMistakes(mistakes(11)).slice(9)).toEqual(['9', 'and 1 more mistake']);
    expect(listMistakes(mistakes(20_000)).slice(9)).toEqual(['9', 'and 19990 more mistakes']);
  });

  it('formats only the mistakes that it shows', () => {
    const format = jest.fn((mistake: number) => `no ${mistake}`);
    expect(listMistakes(mistakes(20_000), format)[9]).toBe('no 9');
    expect(format).toHaveBeenCalledTimes(10);
  });
});
