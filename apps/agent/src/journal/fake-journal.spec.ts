// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { parseUnitName } from '@givc/model';
import { FakeJournal } from './fake-journal.fixture.js';
import { describeJournal } from './journal-contract.fixture.js';

describeJournal('the fake journal', () => {
  const journal = new FakeJournal();
  let made = 0;
  let now = 1_800_000_000_000;
  return Promise.resolve({
    journal,
    unit: () => parseUnitName('unit', `unit-${made++}.service`),
    write: (unit, message, priority) => journal.write(unit, message, priority, (now += 10) * 1_000),
    close: () => undefined,
  });
});
