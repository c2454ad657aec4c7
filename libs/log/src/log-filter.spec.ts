// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import * as fc from 'fast-check';
import { parseLogFilter } from './log-filter.js';
import { levels } from './log.js';

const parse = (text: string) => parseLogFilter(text, 'givc-admin');

describe('the filter of the log', () => {
  it.each([
    ['', 'info'],
    ['debug', 'debug'],
    ['WARN', 'warn'],
    ['trace', 'debug'],
    ['off', 'error'],
    ['givc=debug', 'debug'],
    ['error,givc=debug', 'debug'],
    ['givc=debug,error', 'debug'],
    ['givc_admin=error,givc=debug', 'error'],
    ['givc=debug, givc-admin=warn', 'warn'],
    ['warn,', 'warn'],
    ['warn,error', 'error'],
  ])('parses %j as %s', (text, level) => {
    expect(parse(text)).toEqual({ level, unknown: [] });
  });

  it.each([
    ['givc=debug,tonic=warn', 'debug', ['tonic=warn']],
    ['givc_agent=debug', 'info', ['givc_agent=debug']],
    ['loud', 'info', ['loud']],
    ['constructor', 'info', ['constructor']],
    ['givc=loud,warn', 'warn', ['givc=loud']],
    ['givc[span{field=1}]=debug', 'info', ['givc[span{field=1}]=debug']],
  ])('parses %j as %s, with directives without effect', (text, level, unknown) => {
    expect(parse(text)).toEqual({ level, unknown });
  });

  it('always results in a level, for any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(levels).toContain(parse(text).level);
      }),
    );
  });
});
