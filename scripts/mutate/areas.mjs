// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

// The areas that are mutated: folders whose behaviour the tests in process must pin down.
import { readdirSync, readFileSync } from 'node:fs';

export const areas = [
  'libs/model',
  'libs/access',
  'libs/rpc',
  'apps/admin/src/registry',
  'apps/admin/src/registration',
  'apps/admin/src/liveness',
  'apps/admin/src/lifecycle',
  'apps/agent/src/registration',
  'apps/agent/src/exec',
  'apps/agent/src/socket-proxy',
  'apps/agent/src/policy',
];

const isAside = (file) => file.includes('/generated/') || file.endsWith('.fixture.ts');

/** All files that the tests in process consist of. */
export const projectFiles = () =>
  ['apps', 'libs', 'test/e2e', 'test/support']
    .flatMap((folder) => readdirSync(folder, { recursive: true }).map((name) => `${folder}/${name}`))
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts') && !name.includes('/node_modules/'))
    .sort();

export const isSpec = (file) => file.endsWith('.spec.ts');
export const areaOf = (file) => areas.find((area) => file.startsWith(`${area}/`));
export const isMutated = (file) => areaOf(file) !== undefined && !isSpec(file) && !isAside(file);
export const text = (file) => readFileSync(file, 'utf8');
