// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

// Facts that all packages of this version share.
import { readFileSync } from 'node:fs';

const root = new URL('../..', import.meta.url);
export const path = (name) => new URL(name, root).pathname;
export const read = (name) => readFileSync(path(name), 'utf8');

/** The version of package.json, which is defined nowhere else; the build puts it into the programs. */
export const { version, description } = JSON.parse(read('package.json'));

/** The date and the lines of the newest section of CHANGELOG.md, which must be that of this version. */
const [, newest, day, notes] =
  /^## (\S+) \((\d{4}-\d\d-\d\d)\)\n([^]*?)(?=^## |$(?![^]))/m.exec(read('CHANGELOG.md')) ?? [];
if (newest !== version)
  throw new Error(`CHANGELOG.md begins with ${newest ?? 'no version'}, package.json has ${version}`);
export { notes };

/** The time of every file, in seconds (https://reproducible-builds.org/specs/source-date-epoch/). */
export const epoch = Number(process.env.SOURCE_DATE_EPOCH || Date.parse(`${day}T00:00:00Z`) / 1000);
export const date = new Date(epoch * 1000);

/** The names of Node and Debian for an architecture. */
export const architectures = { x64: 'amd64', arm64: 'arm64' };
