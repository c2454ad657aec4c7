// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import * as z from 'zod/mini';
import { parsed } from '@givc/config';
import { invalid, parseListenAddress, quoted } from '@givc/model';

export const absolutePath = parsed(z.string(), (field, value) => {
  if (!value.startsWith('/') || value.includes('\0'))
    throw invalid(field, `invalid path ${quoted(value)}: expected an absolute path`);
  return value;
});

/** The path of a unix socket, whose length unix(7) limits. */
export const socketPath = parsed(absolutePath, (field, value) => {
  parseListenAddress(field, value);
  return value;
});
