// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { SystemdUnderTest } from './systemd-under-test.fixture.js';
import { describeJobs } from './jobs.fixture.js';
import { describeLink } from './link.fixture.js';
import { describeTransientServices } from './transient.fixture.js';
import { describeUnits } from './units.fixture.js';

/** The contract of every `Systemd`: the real service manager over D-Bus, and its fake. */
export function describeSystemd(name: string, open: () => Promise<SystemdUnderTest>): void {
  describe(name, () => {
    let subject: SystemdUnderTest;
    beforeAll(async () => {
      subject = await open();
    });
    afterAll(() => subject.close());

    for (const part of [describeJobs, describeUnits, describeTransientServices, describeLink]) part(() => subject);

    it('rejects pending calls when it is closed', async () => {
      const other = await open();
      const unit = await other.install('slow-start');
      const pending = expect(other.systemd.startUnit(unit)).rejects.toMatchObject({ reason: 'UNAVAILABLE' });
      await other.systemd.unitStatus(unit);
      await other.systemd.close();
      await pending;
      await other.close();
    });
  });
}
