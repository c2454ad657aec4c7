// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

// Writes the JSON Schemas of the configuration files to docs/schema/, where editors find them.
import { writeFileSync } from 'node:fs';
import { format, resolveConfig } from 'prettier';
import { schemas } from './configuration-schemas.js';

for (const [name, schema] of Object.entries(schemas)) {
  const path = `docs/schema/${name}`;
  writeFileSync(path, await format(JSON.stringify(schema), { ...(await resolveConfig(path)), parser: 'json' }));
}
