// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { UnitName } from '@givc/model';
import { FakeSystemd } from '@givc/systemd';
import { allowlistOf } from '../../fixtures/unit-allowlist.fixture.js';
import type { RegistrationService } from '../registration/registration.service.js';
import { TransientUnits } from './transient-units.js';
import { UnitsService } from './units.service.js';

const web = 'web.service' as UnitName;

describe('the units of a machine', () => {
  let systemd: FakeSystemd;
  let service: UnitsService;
  let acknowledge: () => void;

  beforeEach(() => {
    systemd = new FakeSystemd();
    systemd.define(web);
    const acknowledged = new Promise<void>((resolve) => (acknowledge = resolve));
    const registration = { flush: () => acknowledged } as RegistrationService;
    service = new UnitsService(allowlistOf(web), systemd, registration, new TransientUnits());
  });

  const settled = () => new Promise((resolve) => setImmediate(resolve));

  it.each<[string, () => void, string]>([
    ['done', () => undefined, 'active'],
    ['failed', () => systemd.failNextStart(web), 'FAILED_PRECONDITION'],
  ])('answer with the %s job once the admin has acknowledged the state of the unit', async (_, prepare, answer) => {
    prepare();
    const answers: string[] = [];
    const answered = service.start(web).then(
      ({ ActiveState }) => answers.push(ActiveState),
      ({ reason }: { reason: string }) => answers.push(reason),
    );
    await settled();
    expect(answers).toEqual([]);
    acknowledge();
    await answered;
    expect(answers).toEqual([answer]);
  });
});
