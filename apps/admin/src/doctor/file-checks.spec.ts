// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { AdminConfig } from '../admin.config.js';
import { fileChecks } from './file-checks.js';

const settings = {
  localeFile: '/etc/locale.conf',
  timezoneFile: '/etc/localtime',
  zoneDatabase: '/usr/share/zoneinfo',
};
const foldersOf = (config: object): string[] =>
  fileChecks({ settings, ...config } as AdminConfig)
    .filter(({ id }) => id === 'state-directory')
    .map(({ subject }) => subject);

describe('the checks of the files of the admin', () => {
  it('look at the state directory and at the folder of the policies', () => {
    const policies = { store: '/srv/policies/store', source: { type: 'rules' } };
    expect(foldersOf({ stateDirectory: '/var/lib/givc', policies }).sort()).toEqual(['/srv/policies', '/var/lib/givc']);
    expect(foldersOf({})).toEqual([]);
  });

  it('look at a folder once that both share', () => {
    const policies = { store: '/var/lib/givc/policies', source: { type: 'rules' } };
    expect(foldersOf({ stateDirectory: '/var/lib/givc', policies })).toEqual(['/var/lib/givc']);
  });
});
