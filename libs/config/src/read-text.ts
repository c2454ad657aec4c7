// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { readBytes } from '@givc/files';
import { withoutMark } from './byte-order-mark.js';

/** Like `readBytes`, for a file in UTF-8, without the byte order mark that some editors write at its beginning. */
export const readText = (path: string): string => withoutMark(readBytes(path).toString('utf8'));
