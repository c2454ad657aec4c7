// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { readAdminConfig } from './admin.config.js';
import { adminCommand } from './admin.flags.js';

describe('--type and --subtype of the admin', () => {
  it('are accepted without a warning or an effect, which their help explains', () => {
    const flags = ['--listen', '/a'];
    expect(readAdminConfig([...flags, '--type', '12', '--subtype', '13'])).toEqual(readAdminConfig(flags));
    const help = adminCommand().configureHelp({ helpWidth: 1_000 }).helpInformation();
    for (const flag of ['type', 'subtype'])
      expect(help).toMatch(new RegExp(`--${flag} <number> +no effect, accepted for compatibility`));
  });
});
