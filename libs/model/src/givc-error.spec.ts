// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { GivcError, invalid, messageOf, problemOf, quoted } from './givc-error.js';

describe('the error of an invalid input', () => {
  it('names the field in its message and as a property', () => {
    const error = invalid('VmName', 'is missing');
    expect(error).toBeInstanceOf(GivcError);
    expect(error).toMatchObject({
      ...{ name: 'GivcError', reason: 'INVALID_ARGUMENT', message: 'VmName: is missing', field: 'VmName' },
      ...{ problem: 'is missing', info: undefined },
    });
  });
});

describe('an error', () => {
  it('carries its cause, its field and its info for programs', () => {
    const cause = new Error('ENOENT');
    const error = new GivcError('NOT_FOUND', 'no such VM', { cause, field: 'VmName', info: { reason: 'UNKNOWN_VM' } });
    expect(error).toMatchObject({ cause, field: 'VmName', info: { reason: 'UNKNOWN_VM' } });
  });

  it('has no property for a missing cause', () => {
    expect(new GivcError('NOT_FOUND', 'no such VM')).not.toHaveProperty('cause');
  });
});

describe('the problem of an error', () => {
  it('is the message without the field, or the text of a value that is not an error', () => {
    expect(problemOf(invalid('', 'is missing: a'))).toBe('is missing: a');
    expect(problemOf(new GivcError('NOT_FOUND', 'VmName: no such VM', { field: 'VmName' }))).toBe('VmName: no such VM');
    expect(problemOf(new Error('lost: a'))).toBe('lost: a');
  });
});

describe('a quoted value', () => {
  it('is shown as JSON', () => {
    expect(quoted('a"\n')).toBe('"a\\"\\n"');
  });

  it('is cut after 100 characters', () => {
    expect(quoted('a'.repeat(100))).toBe(`"${'a'.repeat(100)}"`);
    expect(quoted('a'.repeat(101))).toBe(`"${'a'.repeat(100)}…"`);
  });
});

it.each([
  [new Error('lost'), 'lost'],
  ['lost', 'lost'],
  [7, '7'],
  [undefined, 'undefined'],
])('the text of a thrown %p is %s', (thrown, message) => {
  expect(messageOf(thrown)).toBe(message);
});
