// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { constants } from 'node:http2';
import * as codes from './http2-codes.js';

describe('codes of HTTP/2', () => {
  it('are the constants of node:http2 of the same names', () => {
    expect(constants).toMatchObject({ ...codes });
  });
});
