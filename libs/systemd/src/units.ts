// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { GivcError, isAlive, type UnitName, type UnitStatus } from '@givc/model';
import { BusError } from '@givc/dbus';
import { Coalesced } from '@givc/queue';
import { typeInterface, unitOfPath, unitPath } from './names.js';
import type { SystemdLink } from './systemd-link.js';

/** One row of ListUnitsByNames and ListUnitsByPatterns; following, job id, job type and job path are left out. */
type Row = readonly [
  name: string,
  description: string,
  load: string,
  active: string,
  sub: string,
  following: string,
  path: string,
];

const unitInterface = 'org.freedesktop.systemd1.Unit';

const statusOfRow = (row: Row, unit: UnitName, freezer: string): UnitStatus => ({
  Name: unit,
  Description: row[1],
  LoadState: row[2],
  ActiveState: row[3],
  SubState: row[4],
  Path: row[6],
  FreezerState: freezer,
});

/**
 * systemd (252) leaves the state `frozen` on a unit whose frozen processes were killed. A unit without processes
 * is not frozen.
 */
export const withoutStaleFreeze = (status: UnitStatus): UnitStatus =>
  isAlive(status) || status.FreezerState === 'running' ? status : { ...status, FreezerState: 'running' };

export const unknownUnit = (unit: UnitName): GivcError => new GivcError('NOT_FOUND', `systemd knows no unit "${unit}"`);

export const unitFileInstalled = (unit: UnitName, file: string): GivcError =>
  new GivcError('FAILED_PRECONDITION', `a unit file of the name "${unit}" is installed: ${file}`);

/** The exit statuses by which systemd reports that it could not run the program (systemd.exec(5)). */
const setupFailures: Readonly<Record<number, string>> = {
  200: 'CHDIR',
  203: 'EXEC: the program cannot be run',
  216: 'GROUP',
  217: 'USER',
};

/** The ending of a run of a unit, to be appended to a message; empty when it succeeded. */
export function describeFailure(result: string, status: number): string {
  if (result === 'success') return '';
  if (status === 0) return ` (${result})`;
  const setup = setupFailures[status];
  return ` (${result}, status ${status}${setup ? ` ${setup}` : ''})`;
}

/** Reads the state of units from systemd over D-Bus. */
export class Units {
  readonly #statuses = new Coalesced(async (unit: UnitName) => withoutStaleFreeze(await this.rawStatus(unit)));

  constructor(private readonly link: SystemdLink) {}

  /** One property of a unit, or of the interface of its type; systemd loads the unit for it. */
  async property(unit: UnitName, name: string, iface: string = unitInterface): Promise<unknown> {
    const [variant] = await this.link.call({
      path: unitPath(unit),
      interface: 'org.freedesktop.DBus.Properties',
      member: 'Get',
      signature: 'ss',
      body: [iface, name],
    });
    return (variant as { value: unknown }).value;
  }

  typeProperty(unit: UnitName, name: string): Promise<unknown> {
    return this.property(unit, name, typeInterface(unit));
  }

  /** FAILED_PRECONDITION when the unit has a file, perhaps that of its template, and so cannot be a transient one. */
  async assertNoFile(unit: UnitName): Promise<void> {
    const [isTransient, fragment, source] = await Promise.all(
      ['Transient', 'FragmentPath', 'SourcePath'].map((name) => this.property(unit, name)),
    );
    const file = String(fragment || source);
    if (isTransient !== true && file !== '') throw unitFileInstalled(unit, file);
  }

  /** `running` when systemd is too old to freeze units (before 246). */
  async freezerState(unit: UnitName): Promise<string> {
    try {
      return (await this.property(unit, 'FreezerState')) as string;
    } catch (error) {
      if (error instanceof BusError && error.errorName === 'org.freedesktop.DBus.Error.UnknownProperty')
        return 'running';
      throw error;
    }
  }

  /**
   * The status from systemd, including stale freezes. NOT_FOUND when there is neither a unit file nor a loaded unit.
   */
  async rawStatus(unit: UnitName): Promise<UnitStatus> {
    const [[rows], freezer] = await Promise.all([
      this.link.call({ member: 'ListUnitsByNames', signature: 'as', body: [[unit]] }) as Promise<[Row[]]>,
      this.freezerState(unit),
    ]);
    const row = rows[0];
    if (!row) throw unknownUnit(unit);
    const status = statusOfRow(row, unit, freezer);
    if (status.LoadState === 'not-found' && !isAlive(status)) throw unknownUnit(unit);
    return status;
  }

  /** The status, never older than the call: callers during a pending request share the next one. */
  status(unit: UnitName): Promise<UnitStatus> {
    return this.#statuses.get(unit);
  }

  /**
   * The reason for which the last run of a unit ended, to be appended to a message: ` (exit-code, status 1)`; empty
   * when systemd reports no reason or has left the bus.
   */
  async failure(unit: UnitName): Promise<string> {
    try {
      const [result, status] = await Promise.all([
        this.typeProperty(unit, 'Result'),
        this.typeProperty(unit, 'ExecMainStatus'),
      ]);
      return describeFailure(String(result), Number(status));
    } catch (error) {
      // Units of other types have no main process.
      if (error instanceof BusError) return '';
      if (error instanceof GivcError && error.reason === 'UNAVAILABLE') return '';
      throw error;
    }
  }

  /** The unit of this object if it is loaded; unlike `status` it does not make systemd load it. */
  async loadedStatus(path: string): Promise<UnitStatus | undefined> {
    const unit = unitOfPath(path);
    return unit === undefined ? undefined : (await this.list([unit])).find((status) => status.Path === path);
  }

  /** All loaded units whose names match one of the glob patterns. */
  async list(patterns: readonly string[]): Promise<UnitStatus[]> {
    if (patterns.length === 0) return [];
    const [rows] = (await this.link.call({
      member: 'ListUnitsByPatterns',
      signature: 'asas',
      body: [[], [...patterns]],
    })) as [Row[]];
    const loaded = rows.filter((row) => row[2] !== 'not-found' || row[3] !== 'inactive');
    return Promise.all(
      loaded.map(async (row) => {
        const status = statusOfRow(row, row[0] as UnitName, 'running');
        return isAlive(status) ? { ...status, FreezerState: await this.freezerState(row[0] as UnitName) } : status;
      }),
    );
  }
}
