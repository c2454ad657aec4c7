// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { parseUnitName, type UnitName } from '@givc/model';
import { FakeSystemd } from '../fake-systemd.js';
import type { TransientService } from '../systemd.js';
import type { SystemdUnderTest, UnitKind } from './systemd-under-test.fixture.js';

const done = Promise.resolve();

/** The fake systemd as the subject of the contract suite. */
export class FakeSystemdUnderTest implements SystemdUnderTest {
  readonly systemd = new FakeSystemd();
  readonly #slow = new Map<UnitName, () => void>();
  #made = 0;

  install(kind: UnitKind): Promise<UnitName> {
    const { systemd } = this;
    const unit = systemd.define(this.#name('.service'), {
      remains: kind === 'remains',
      masked: kind === 'masked',
      conditionUnmet: kind === 'condition',
    });
    if (kind === 'fails') systemd.failNextStart(unit);
    if (kind === 'requires-failing') systemd.failNextStart(unit, 'dependency');
    if (kind === 'assert') systemd.failNextStart(unit, 'assert');
    if (kind === 'slow-start') this.#beSlow(unit, () => systemd.holdStarts(unit));
    if (kind === 'slow-stop') this.#beSlow(unit, () => systemd.holdStops(unit));
    return Promise.resolve(unit);
  }

  installTemplate(): Promise<string> {
    const prefix = this.#name('@');
    this.systemd.defineTemplate(`${prefix}.service`);
    return Promise.resolve(prefix);
  }

  alias(unit: UnitName): Promise<UnitName> {
    return Promise.resolve(this.systemd.alias(this.#name('.service'), unit));
  }

  uninstall(unit: UnitName): Promise<void> {
    this.systemd.unload(unit);
    return done;
  }

  transient(unit: UnitName = parseUnitName('unit', this.#name('.service'))): TransientService {
    return { unit, description: 'A service of the contract', command: ['/bin/program'] };
  }

  proceed(unit: UnitName): Promise<void> {
    this.#slow.get(unit)!();
    return done;
  }

  endProgram(unit: UnitName, status: 0 | 1): Promise<void> {
    if (status === 0) this.systemd.exit(unit);
    else this.systemd.crash(unit);
    return done;
  }

  /** The fake has no files that it could read again. */
  reload(): Promise<void> {
    return done;
  }

  disconnect(): Promise<void> {
    this.systemd.goAway();
    return done;
  }

  reconnect(): Promise<void> {
    this.systemd.comeBack();
    return done;
  }

  async reexecute(): Promise<void> {
    await this.disconnect();
    await this.reconnect();
  }

  close(): Promise<void> {
    return this.systemd.close();
  }

  /** Each time. */
  #beSlow(unit: UnitName, hold: () => () => void): void {
    const release = hold();
    this.#slow.set(unit, () => {
      release();
      this.#beSlow(unit, hold);
    });
  }

  #name(suffix: string): string {
    return `givc-contract-${this.#made++}${suffix}`;
  }
}
