// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { journal } from '@givc/rpc';
import { parseReadJournalRequest } from './journal-query.js';

const request = (more: Partial<journal.ReadJournalRequest>): journal.ReadJournalRequest => ({
  ...{ vm: '', units: ['a.service'], follow: false, since: undefined },
  ...more,
});

describe('parseReadJournalRequest', () => {
  it.each<[Partial<journal.ReadJournalRequest>, string]>([
    [{ units: [] }, 'units: a unit name is missing'],
    [{ units: ['a.service', '--file=/x'] }, 'units: invalid unit name "--file=/x"'],
    [{ units: ['*.service'] }, 'units: invalid unit name "*.service"'],
    [{ units: Array.from({ length: 65 }, (_, n) => `${n}.service`) }, 'units: too many units: expected at most 64'],
    [{ lines: 0 }, 'lines: invalid number of lines 0: expected 1-10000'],
    [{ lines: 10_001, follow: true }, 'lines: invalid number of lines 10001: expected 0-10000'],
    [{ priority: 8 }, 'priority: invalid priority 8: expected 0-7'],
  ])('rejects %j', (more, message) => {
    expect(() => parseReadJournalRequest(request(more))).toThrow(message);
  });

  it('reads all lines back, but the last ten when it follows without a time', () => {
    expect(parseReadJournalRequest(request({})).lines).toBe(10_000);
    expect(parseReadJournalRequest(request({ follow: true })).lines).toBe(10);
    expect(parseReadJournalRequest(request({ follow: true, since: { $case: 'since_ms', value: 5 } }))).toMatchObject({
      lines: 10_000,
      sinceMs: 5,
    });
    expect(parseReadJournalRequest(request({ follow: true, lines: 0 })).lines).toBe(0);
  });

  it('reads an age by the clock of this machine', () => {
    jest.useFakeTimers({ now: 1_000_000 });
    expect(parseReadJournalRequest(request({ since: { $case: 'age_ms', value: 400 } })).sinceMs).toBe(999_600);
    jest.useRealTimers();
  });

  it('names each unit once', () => {
    expect(parseReadJournalRequest(request({ units: ['a.service', 'b.service', 'a.service'] })).units).toEqual([
      'a.service',
      'b.service',
    ]);
  });
});
