// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { proxyCommand } from './proxy-program.js';

const filter = { see: [], talk: [], own: [], call: [], broadcast: [] };

describe('the command line of a D-Bus proxy', () => {
  it('filters even when nothing is permitted', () => {
    expect(proxyCommand('/bin/proxy', '/run/bus', { socket: '/run/a/b', filter, log: false })).toEqual([
      '/bin/proxy',
      'unix:path=/run/bus',
      '/run/a/b',
      '--filter',
    ]);
  });

  it('has one option for each permission', () => {
    const permitted = {
      see: ['org.a.see'],
      talk: ['org.a.*', 'org.b'],
      own: ['org.c'],
      call: ['org.d=*@/d/*'],
      broadcast: ['org.d=org.d.Changed'],
    };
    const command = proxyCommand('/bin/proxy', '/run/bus', { socket: '/run/a/b', filter: permitted, log: true });
    expect(command.slice(3)).toEqual([
      '--filter',
      '--log',
      '--see=org.a.see',
      '--talk=org.a.*',
      '--talk=org.b',
      '--own=org.c',
      '--call=org.d=*@/d/*',
      '--broadcast=org.d=org.d.Changed',
    ]);
  });
});
