// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { access, constants } from 'node:fs/promises';
import { dirname } from 'node:path';
import { check, checkDisk, checkFolder, checkPrograms, type Check } from '@givc/checks';
import { systemErrorText } from '@givc/model';
import type { AdminConfig } from '../admin.config.js';

/** The folders, each once, and files that the admin writes, and what its settings need of the machine. */
export function fileChecks({ stateDirectory, policies, settings }: AdminConfig): Check[] {
  const settingOf = new Map([
    ...(policies ? [[dirname(policies.store), 'POLICY_STORE'] as const] : []),
    ...(stateDirectory === undefined ? [] : [[stateDirectory, 'STATE_DIRECTORY'] as const]),
  ]);
  const isGit = policies?.source.type === 'git-url';
  return [
    ...[...settingOf].map(([folder, setting]): Check => ({
      id: 'state-directory',
      subject: folder,
      run: async () => [await checkFolder('state-directory', folder, setting), ...(await checkDisk(folder))],
    })),
    ...(isGit
      ? [
          {
            id: 'programs' as const,
            subject: 'PATH',
            run: () => checkPrograms([{ program: 'git', by: 'POLICY_CONFIG', from: 'git' }]),
          },
        ]
      : []),
    { id: 'setting-files', subject: settings.zoneDatabase, run: () => checkSettings(settings) },
  ];
}

async function checkSettings({ localeFile, timezoneFile, zoneDatabase }: AdminConfig['settings']) {
  const problems = await Promise.all([
    problem(zoneDatabase, constants.R_OK, 'so no timezone can be set', 'install tzdata, or set TZDIR'),
    ...[...new Set([dirname(localeFile), dirname(timezoneFile)])].map((folder) =>
      problem(
        folder,
        constants.W_OK,
        'so locale or timezone cannot be set',
        'let the user of the admin write there, or change GIVC_LOCALE_FILE and GIVC_TIMEZONE_FILE',
      ),
    ),
  ]);
  const found = problems.filter((one) => one !== undefined);
  return found.length > 0 ? found : [check('setting-files', zoneDatabase).ok('and the files of settings can be used')];
}

async function problem(path: string, mode: number, consequence: string, fix: string) {
  try {
    await access(path, mode);
    return undefined;
  } catch (error) {
    const text = `cannot be used (${systemErrorText(error)}), ${consequence}`;
    return check('setting-files', path).warning(text, fix);
  }
}
