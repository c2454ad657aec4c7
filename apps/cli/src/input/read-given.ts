// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { readFileSync, statSync } from 'node:fs';
import { readText, withoutMark } from '@givc/config';

/** The text of a file that the command line names. A named pipe is read to its end, as `<(command)` of a shell is. */
export const readGiven = (file: string): string =>
  statSync(file).isFIFO() ? withoutMark(readFileSync(file, 'utf8')) : readText(file);
