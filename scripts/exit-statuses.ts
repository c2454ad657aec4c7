// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

// Writes docs/exit-status.md. node --import tsx scripts/exit-statuses.ts
import { writeFileSync } from 'node:fs';
import { format, resolveConfig } from 'prettier';
import { exitStatusPage } from './docs/exit-statuses.js';

const { file, text } = exitStatusPage();
writeFileSync(file, await format(text, { ...(await resolveConfig(file)), parser: 'markdown' }));
