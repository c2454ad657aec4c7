// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { GivcError } from '@givc/model';
import { namingSource } from './naming-source.js';

const failing = (error: Error) => () => {
  throw error;
};

describe('the source of a configuration', () => {
  it('is named in each line of an error of its parser', () => {
    const mistakes = new GivcError('INVALID_ARGUMENT', 'a: it is missing\nb: unknown key');
    expect(() => namingSource('a$&.json', failing(mistakes))).toThrow(
      expect.objectContaining({
        reason: 'INVALID_ARGUMENT',
        message: 'a$&.json: a: it is missing\na$&.json: b: unknown key',
      }) as Error,
    );
  });

  it('changes neither a result nor an error of the program', () => {
    expect(namingSource('agent.json', () => 1)).toBe(1);
    expect(() => namingSource('agent.json', failing(new TypeError('x')))).toThrow(new TypeError('x'));
  });
});
