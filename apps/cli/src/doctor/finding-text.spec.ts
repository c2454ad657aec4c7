// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { Finding } from './diagnose.js';
import { findingLine, summaryOf } from './finding-text.js';

const finding = (state: Finding['state'], more: Partial<Finding> = {}): Finding => ({
  ...{ machine: 'net-vm', id: 'units', subject: 'a.service', state, message: 'is unknown', fix: 'install it' },
  ...more,
});

describe('a line of the checks', () => {
  it('is plain text with the state first, and the fix last', () => {
    expect(findingLine(finding('failure'), false)).toBe(
      'failure  net-vm      units                   a.service is unknown; install it',
    );
    expect(findingLine(finding('ok', { fix: '' }), false)).toBe(
      'ok       net-vm      units                   a.service is unknown',
    );
  });

  it('has its state in green, yellow or red where colours are on', () => {
    const painted = (['ok', 'warning', 'failure'] as const).map((state) => findingLine(finding(state), true));
    expect(painted.map((line) => line.split('  net-vm')[0])).toEqual([
      '\u001b[32mok     \u001b[0m',
      '\u001b[33mwarning\u001b[0m',
      '\u001b[31mfailure\u001b[0m',
    ]);
  });

  it('is one line whatever the peer has sent', () => {
    const line = findingLine(finding('ok', { machine: 'a\nb', subject: '\u001b[2J', fix: '' }), false);
    expect(['\n', '\u001b'].filter((character) => line.includes(character))).toEqual([]);
  });

  it('is counted by its state', () => {
    expect(summaryOf([finding('failure'), finding('warning'), finding('warning'), finding('ok')])).toEqual({
      failures: 1,
      text: '1 failure, 2 warnings, 1 ok',
    });
    expect(summaryOf([finding('ok')]).text).toBe('no failures, no warnings, 1 ok');
  });
});
