// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { UnitName, UnitStatus } from '@givc/model';
import type { Ending, Systemd, TransientService } from '../systemd.js';

/**
 * The behaviour of a unit of the contract suite:
 * - `program`: it is active while its program runs, which `endProgram` ends.
 * - `remains`: a oneshot that stays active without a process (`RemainAfterExit=yes`).
 * - `fails`: its program ends with status 1 before it is up.
 * - `requires-failing`: it requires a unit of the kind `fails`.
 * - `condition`, `assert`: it has a condition, or an assertion, that is not met.
 * - `slow-start`, `slow-stop`: its job waits for `proceed`.
 * - `masked`: its unit file is a link to /dev/null.
 */
export type UnitKind =
  'program' | 'remains' | 'fails' | 'requires-failing' | 'condition' | 'assert' | 'slow-start' | 'slow-stop' | 'masked';

/** A service manager under test, and the events that its client does not cause. */
export interface SystemdUnderTest {
  readonly systemd: Systemd;
  /** Installs a new unit that does not run. */
  install(kind: UnitKind): Promise<UnitName>;
  /** Installs a new template of the kind `program`; returns the prefix of its instances, such as `app@`. */
  installTemplate(): Promise<string>;
  /** A second name of a unit. */
  alias(unit: UnitName): Promise<UnitName>;
  /** Removes the file of a unit, and has the manager read its configuration again. */
  uninstall(unit: UnitName): Promise<void>;
  /** A service with a new name that runs until `endProgram`. */
  transient(unit?: UnitName): TransientService;
  /** Lets the start or stop of a slow unit go on. */
  proceed(unit: UnitName): Promise<void>;
  /** The program of the unit ends by itself with this exit status. */
  endProgram(unit: UnitName, status: 0 | 1): Promise<void>;
  /** `systemctl daemon-reload` */
  reload(): Promise<void>;
  /** Cuts the connection to the manager until `reconnect`. */
  disconnect(): Promise<void>;
  /** Makes the manager reachable again; its client reconnects by itself. */
  reconnect(): Promise<void>;
  /** `systemctl daemon-reexec`: the manager leaves the bus and returns, with its units as they were. */
  reexecute(): Promise<void>;
  close(): Promise<void>;
}

/** `active running`, or `active running frozen`: a state as the suite compares it. */
export const stateOf = ({ ActiveState, SubState, FreezerState }: UnitStatus): string =>
  [ActiveState, SubState, ...(FreezerState === 'running' ? [] : [FreezerState])].join(' ');

/** Installs, starts and watches a unit. */
export async function startedUnit(
  subject: SystemdUnderTest,
  kind: UnitKind,
): Promise<{ readonly unit: UnitName; readonly reports: Reports }> {
  const unit = await subject.install(kind);
  await subject.systemd.startUnit(unit);
  return { unit, reports: await Reports.of(subject.systemd, unit) };
}

/** The reports of one watch, in order. */
export class Reports {
  readonly states: string[] = [];
  /** The endings in the reports. */
  readonly endings: Ending[] = [];
  close: () => void = () => undefined;
  #onReport: () => void = () => undefined;

  private constructor() {}

  static async of(systemd: Systemd, unit: UnitName): Promise<Reports> {
    const reports = new Reports();
    const watch = await systemd.watchUnit(unit, (status, ending) => {
      reports.states.push(stateOf(status));
      if (ending) reports.endings.push(ending);
      reports.#onReport();
    });
    reports.close = () => watch.close();
    return reports;
  }

  get last(): string | undefined {
    return this.states.at(-1);
  }

  /** Resolves when this state has been reported after the first `from` reports. */
  async until(state: string, after = 0): Promise<void> {
    while (!this.states.slice(after).includes(state)) await new Promise<void>((resolve) => (this.#onReport = resolve));
  }
}
