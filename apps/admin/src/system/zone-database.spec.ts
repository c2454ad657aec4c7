// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseTimezone } from '@givc/model';
import { assertZone } from './zone-database.js';

describe('a zone database', () => {
  let folder: string;
  const path = (...names: string[]) => join(folder, ...names);
  const has = (zone: string) => assertZone('Timezone', parseTimezone('zone', zone), folder);

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'givc-zones-'));
    for (const name of ['Europe', 'posix', 'right']) {
      mkdirSync(path(name));
      writeFileSync(path(name, 'Helsinki'), 'TZif2');
    }
    for (const name of ['UTC', 'posixrules', 'Old']) writeFileSync(path(name), 'TZif2');
    for (const name of ['leapseconds', 'Europe/Text']) writeFileSync(path(name), 'text');
    symlinkSync('/etc/localtime', path('localtime'));
    symlinkSync('Europe/Helsinki', path('Linked'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const source =
    'Z Europe/Helsinki 1 - x 1\nL Europe/Helsinki Linked\nZ UTC 0 - UTC\nL UTC Missing\nL UTC Europe/Text\n';
  const noZones = ['posixrules', 'posix/Helsinki', 'right/Helsinki', 'localtime', 'leapseconds', 'Europe/Text'];

  it.each([...noZones, 'Old', 'Missing', 'Europe'])(
    'has no zone %s, according to the source of its zones',
    async (zone) => {
      writeFileSync(path('tzdata.zi'), source);
      await expect(has(zone)).rejects.toMatchObject({
        reason: 'INVALID_ARGUMENT',
        message: `Timezone: invalid timezone "${zone}": expected one that "timedatectl list-timezones" lists, of ${folder}`,
      });
    },
  );

  it.each([...noZones, 'Missing', 'Europe'])('has no zone %s, according to its files alone', async (zone) => {
    await expect(has(zone)).rejects.toMatchObject({ reason: 'INVALID_ARGUMENT' });
  });

  it.each(['Europe/Helsinki', 'UTC', 'Linked'])('has the zone %s, with and without the source', async (zone) => {
    await has(zone);
    writeFileSync(path('tzdata.zi'), source);
    await has(zone);
  });
});

describe('the zone database of this machine', () => {
  it('has the zones in use, under their old names as well', async () => {
    for (const zone of ['Europe/Helsinki', 'UTC', 'Etc/GMT+5', 'America/Argentina/Buenos_Aires', 'GMT'])
      await assertZone('Timezone', parseTimezone('zone', zone), '/usr/share/zoneinfo');
  });
});
