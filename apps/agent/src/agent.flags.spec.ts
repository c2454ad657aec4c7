// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { readAgentFlags } from './agent.flags.js';

describe('the flags of an agent', () => {
  const before = { ...process.env };
  afterEach(() => {
    process.env = { ...before };
    jest.restoreAllMocks();
  });
  beforeEach(() => {
    for (const name of ['GIVC_LOG', 'GIVC_AUDIT', 'GIVC_METRICS']) delete process.env[name];
  });

  it.each([['-config', 'a.json'], ['--config', 'a.json'], ['-config=a.json'], ['--config=a.json']])(
    'set the path of the configuration with one dash or two: %s %s',
    (...argv) => {
      expect(readAgentFlags(argv)).toMatchObject({ config: 'a.json', debug: false, logLevel: 'info', warnings: [] });
    },
  );

  it.each(['-debug', '--debug'])('set the log level to debug with %s, whatever GIVC_LOG is', (flag) => {
    process.env['GIVC_LOG'] = 'error';
    expect(readAgentFlags(['-config', 'a.json'])).toMatchObject({ debug: false, logLevel: 'error' });
    expect(readAgentFlags(['-config', 'a.json', flag])).toMatchObject({ debug: true, logLevel: 'debug' });
  });

  it.each([['-check', 'a.json'], ['--check', 'a.json'], ['-check=a.json']])(
    'request a check of the configuration, with or without its files: %s %s',
    (...argv) => {
      expect(readAgentFlags(argv)).toMatchObject({ config: 'a.json', isCheck: true, files: true });
      expect(readAgentFlags([...argv, '-no-files'])).toMatchObject({ config: 'a.json', isCheck: true, files: false });
      expect(readAgentFlags(['-config', 'a.json'])).toMatchObject({ isCheck: false });
    },
  );

  it('do not change values that look like flags of the contract', () => {
    expect(readAgentFlags(['--config', 'x-debug', '--audit=-config'])).toMatchObject({
      config: 'x-debug',
      audit: '-config',
      debug: false,
    });
  });

  it('set the path of the audit log and the address of the metrics, also as variables', () => {
    process.env['GIVC_AUDIT'] = '/var/log/audit';
    process.env['GIVC_METRICS'] = '127.0.0.1:9100';
    expect(readAgentFlags(['-config', 'a.json'])).toMatchObject({
      audit: '/var/log/audit',
      metrics: { protocol: 'tcp', host: '127.0.0.1', port: 9100 },
    });
  });

  it('have their defaults when a variable is empty', () => {
    const byDefault = readAgentFlags(['-config', 'a.json']);
    for (const name of ['GIVC_LOG', 'GIVC_AUDIT', 'GIVC_METRICS']) process.env[name] = '';
    expect(readAgentFlags(['-config', 'a.json'])).toEqual(byDefault);
  });

  it.each([
    ['no configuration', [] as string[], "required option '-config FILE' not specified"],
    ['a configuration without a name', ['-config'], "option '--config <file>' argument missing"],
    [
      'a configuration to check and one to start',
      ['-check', 'a', '-config', 'a'],
      "option '-check FILE' takes the place of '-config FILE'",
    ],
    ['an unknown flag', ['-config', 'a.json', '--verbose'], "unknown option '--verbose'"],
    ['a mistyped flag of one dash', ['-confg', 'a.json'], "unknown option '--confg' (Did you mean --config?)"],
    ['a mistyped flag with its value', ['-debg=1', '-config', 'a'], "unknown option '--debg' (Did you mean --debug?)"],
    ['a mistyped flag', ['--confg', 'a.json'], "unknown option '--confg' (Did you mean --config?)"],
  ])('are rejected with one line that names the program and its help when they are %s', (_, argv, problem) => {
    const written = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
    expect(() => readAgentFlags(argv)).toThrow(expect.objectContaining({ exitCode: 1 }) as Error);
    expect(written.mock.calls).toEqual([[`givc-agent: ${problem}; see "givc-agent --help"\n`]]);
  });
});
