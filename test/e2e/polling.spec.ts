// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { UnitName, UnitStatus } from '@givc/model';
import { FakeSystemd } from '@givc/systemd';
import { TestSystem } from '@givc/testing';

const units = Array.from({ length: 40 }, (_, n) => `u${n}.service` as UnitName);
const marker = 'marker.service' as UnitName;

/** A systemd that answers requests for units other than `marker` when the test lets it. */
class HeldSystemd extends FakeSystemd {
  readonly asked = new Set<UnitName>();
  mostAtOnce = 0;
  #open = 0;
  #held: Promise<void> | undefined;
  release: () => void = () => undefined;

  hold(): void {
    this.#held = new Promise((resolve) => (this.release = resolve));
  }

  override async unitStatus(unit: UnitName): Promise<UnitStatus> {
    if (unit === marker || !this.#held) return super.unitStatus(unit);
    this.asked.add(unit);
    this.mostAtOnce = Math.max(this.mostAtOnce, ++this.#open);
    await this.#held;
    this.#open--;
    return super.unitStatus(unit);
  }
}

it('an agent that does not report is polled for eight units at a time, and for all of them in the end', async () => {
  const system = await TestSystem.start({
    rules:
      'permit(principal, action, resource); forbid(principal, action, resource) when { context.service == "Reports" };',
  });
  const systemd = new HeldSystemd();
  for (const unit of [...units, marker]) systemd.define(unit, { active: true });
  await system.startAgent('net-vm', { systemd, capabilities: { services: [...units, marker] } });
  await system.until((list) => list.filter(({ VmStatus }) => VmStatus === 'Running').length === units.length + 2);
  const client = system.client();
  const changes = client.watchOnce();
  await changes.next();
  systemd.hold();
  const ask = () => client.getUnitStatus({ VmName: 'net-vm', UnitName: marker });
  while (systemd.asked.size < 8) await ask();
  // Over the same connection, so that all earlier requests have arrived before it.
  await ask();
  expect(systemd.mostAtOnce).toBe(8);
  systemd.release();
  while (systemd.asked.size < units.length) await ask();
  expect(systemd.mostAtOnce).toBe(8);
  await changes.return(undefined);
  await system.close();
});
