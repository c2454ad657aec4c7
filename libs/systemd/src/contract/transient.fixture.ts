// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { parseUnitName } from '@givc/model';
import { Reports, stateOf, type SystemdUnderTest } from './systemd-under-test.fixture.js';

const stopped = 'inactive dead';

/** Services without a unit file. */
export function describeTransientServices(subject: () => SystemdUnderTest): void {
  describe('a transient service', () => {
    it('runs when its start resolves, and is unknown once it has been stopped', async () => {
      const { systemd } = subject();
      const service = subject().transient();
      const reports = await Reports.of(systemd, service.unit);
      expect(stateOf(await systemd.startTransientService(service))).toBe('active running');
      expect(await systemd.unitStatus(service.unit)).toMatchObject({ Description: service.description });
      expect(await systemd.listTransientUnits([service.unit])).toEqual([service.unit]);
      await systemd.stopUnit(service.unit);
      expect(reports.states).toEqual(['activating start', 'active running', 'deactivating stop-sigterm', stopped]);
      await expect(systemd.unitStatus(service.unit)).rejects.toMatchObject({ reason: 'NOT_FOUND' });
      expect(await systemd.listTransientUnits([service.unit])).toEqual([]);
    });

    it('is unknown after its end, and its watches report the ending', async () => {
      const { systemd } = subject();
      const service = subject().transient();
      const reports = await Reports.of(systemd, service.unit);
      await systemd.startTransientService(service);
      await subject().endProgram(service.unit, 1);
      await reports.until(stopped);
      expect(reports.states).toEqual(['activating start', 'active running', 'failed failed', stopped]);
      expect(reports.endings[0]).toEqual({ result: 'exit-code', exitStatus: 1, stopRequested: false });
      await expect(systemd.unitStatus(service.unit)).rejects.toMatchObject({ reason: 'NOT_FOUND' });
    });

    it('is rejected with ALREADY_EXISTS when one with its name runs', async () => {
      const { systemd } = subject();
      const service = subject().transient();
      await systemd.startTransientService(service);
      await expect(systemd.startTransientService(service)).rejects.toMatchObject({ reason: 'ALREADY_EXISTS' });
      await systemd.stopUnit(service.unit);
    });

    it.each(['a unit file', 'a template'])('is rejected when %s with its name is installed', async (what) => {
      const { systemd } = subject();
      const unit =
        what === 'a template'
          ? parseUnitName('unit', `${await subject().installTemplate()}0.service`)
          : await subject().install('program');
      await expect(systemd.startTransientService(subject().transient(unit))).rejects.toMatchObject({
        reason: 'FAILED_PRECONDITION',
        message: expect.stringContaining(`a unit file of the name "${unit}" is installed: `) as string,
      });
      expect(await systemd.listTransientUnits([unit])).toEqual([]);
    });

    it('is started again with `restart` when its program ends, until it is stopped', async () => {
      const { systemd } = subject();
      const service = { ...subject().transient(), restart: 'always' } as const;
      const reports = await Reports.of(systemd, service.unit);
      await systemd.startTransientService(service);
      expect(await systemd.isRunningAs(service)).toBe(true);
      expect(stateOf(await systemd.killUnit(service.unit))).toBe('failed failed');
      await reports.until('active running', 2);
      const ends = reports.states.length;
      await subject().endProgram(service.unit, 0);
      await reports.until('active running', ends);
      await systemd.stopUnit(service.unit);
      const restart = ['activating auto-restart', stopped, 'activating start', 'active running'];
      expect(reports.states).toEqual([
        ...['activating start', 'active running'],
        ...['failed failed', ...restart],
        ...[stopped, ...restart],
        ...['deactivating stop-sigterm', stopped],
      ]);
      const success = { result: 'success', exitStatus: 0, stopRequested: false };
      expect(reports.endings).toEqual([
        ...[{ result: 'signal', exitStatus: 9, stopRequested: false }, success],
        ...[success, success],
        { result: 'success', exitStatus: 15, stopRequested: true },
      ]);
      expect(await systemd.isRunningAs(service)).toBe(false);
    });

    it('is recognized by its description', async () => {
      const { systemd } = subject();
      const service = { ...subject().transient(), restart: 'always' } as const;
      expect(await systemd.isRunningAs(service)).toBe(false);
      await systemd.startTransientService(service);
      expect(await systemd.isRunningAs({ ...service })).toBe(true);
      expect(await systemd.isRunningAs({ ...service, description: 'another' })).toBe(false);
      await systemd.stopUnit(service.unit);
    });

    it('is never a unit with a unit file', async () => {
      const { systemd } = subject();
      const unit = await subject().install('program');
      await systemd.startUnit(unit);
      expect(await systemd.listTransientUnits([unit])).toEqual([]);
      expect(await systemd.isRunningAs(subject().transient(unit))).toBe(false);
      await systemd.stopUnit(unit);
    });
  });
}
