// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { GivcError, parseVmName } from '@givc/model';
import { settingError, type VmFailure } from './setting-error.js';

const failure = (name: string, error: GivcError): VmFailure => ({ vm: parseVmName('name', name), error });
/** The error of an agent, as its connection reports it. */
const rejection = (name: string, text: string): VmFailure =>
  failure(
    name,
    new GivcError('FAILED_PRECONDITION', `${name}: ${text}`, { cause: new GivcError('FAILED_PRECONDITION', text) }),
  );

describe('the error of a setting that not every VM has', () => {
  it('contains each reason once, with the VMs that have it', () => {
    const failures = ['a', 'b']
      .map((name) => rejection(name, 'locale not installed'))
      .concat(rejection('c', 'no systemd'));
    expect(settingError('locale', failures, { of: 4, rejectedByAll: false })).toMatchObject({
      message: 'the locale is set, except in 3 of 4 VMs: a, b (locale not installed); c (no systemd)',
      info: { reason: 'NOT_SET_EVERYWHERE', metadata: { vms: 'a,b,c', of: '4' } },
    });
  });

  it('cuts a long reason between two words', () => {
    const { message } = settingError('locale', [rejection('a', 'word '.repeat(100).trim())], {
      of: 1,
      rejectedByAll: true,
    });
    expect(message).toMatch(/^the locale is not set, because no VM accepted it: a \((word ?){40,60}…\)$/);
  });

  it('cuts a long reason without spaces where it must', () => {
    const { message } = settingError('locale', [rejection('a', 'x'.repeat(1_000))], { of: 1, rejectedByAll: true });
    expect(message).toMatch(/a \(x{200,300}…\)$/);
  });

  it('counts the VMs that it does not name, for each reason and for other reasons', () => {
    const many = Array.from({ length: 20 }, (_, n) => rejection(`a${n}`, 'no'));
    const others = Array.from({ length: 20 }, (_, n) => rejection(`b${n}`, `reason ${n}`));
    const { message } = settingError('locale', [...many, ...others], { of: 41, rejectedByAll: false });
    expect(message).toBe(
      'the locale is set, except in 40 of 41 VMs: a0, a1, a2, a3, a4, a5, a6, a7 and 12 more (no); ' +
        'b0 (reason 0); b1 (reason 1); b2 (reason 2); and 17 VMs for other reasons',
    );
  });

  it('contains no control characters of a reason', () => {
    const { message } = settingError('locale', [rejection('a', 'one\ntwo\u001b[0m')], { of: 1, rejectedByAll: true });
    expect(message).toContain('a (one two�[0m)');
  });
});
