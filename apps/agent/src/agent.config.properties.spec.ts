// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import fc from 'fast-check';
import { GivcError } from '@givc/model';
import { parseAgentConfig } from './agent.config.js';
import { minimal, transport } from '../fixtures/minimal-config.fixture.js';

describe("the agent's configuration", () => {
  const full = {
    ...minimal,
    network: { ...minimal.network, tls: { enable: false, caCertPath: '/ca', certPath: '/cert', keyPath: '/key' } },
    capabilities: {
      services: ['web.service', 'poweroff.target'],
      vmServices: { adminVm: 'microvm@admin-vm.service', systemVms: ['microvm@net-vm.service'], appVms: [] },
      applications: [
        { name: 'chromium', command: '/bin/chromium', args: ['url', 'flag', 'file'], directories: ['/a'] },
      ],
      exec: {
        enable: true,
        commands: [
          {
            command: '/bin/log',
            args: ['show', ['--since', '*'], '...'],
            users: ['root'],
            environment: ['TERM'],
            directories: ['/var/log'],
          },
        ],
        maxRunning: 4,
      },
      hwid: { enable: true, interface: 'wlan0' },
      notifier: { enable: false, socket: '/run/log' },
      eventProxy: { enable: true, events: [{ transport: transport('a', '1'), consumer: {}, device: 'Mouse' }] },
      socketProxy: { enable: true, sockets: [{ transport: transport('a', '1'), server: true, socket: '/a.sock' }] },
      policy: { enable: true, storePath: '/etc/policies', policies: { firewall: '/etc/rules.json' } },
    },
    accessControl: { enable: false, rulesFile: '/rules' },
  };

  type Step = string | number;

  /** The paths of all values in a JSON value. */
  const pathsOf = (value: unknown, way: readonly Step[] = []): (readonly Step[])[] => [
    way,
    ...(Array.isArray(value)
      ? value.flatMap((item, index) => pathsOf(item, [...way, index]))
      : typeof value === 'object' && value !== null
        ? Object.entries(value).flatMap(([key, inner]) => pathsOf(inner, [...way, key]))
        : []),
  ];

  /** A copy that has another value at the path. */
  function withOther(value: unknown, [step, ...rest]: readonly Step[], other: unknown): unknown {
    if (step === undefined) return other;
    const copy = (Array.isArray(value) ? [...(value as unknown[])] : { ...(value as object) }) as Record<Step, unknown>;
    copy[step] = withOther(copy[step], rest, other);
    return copy;
  }

  const oddKeys = fc.constantFrom('__proto__', 'constructor', 'enable', 'transport', 'a.b', 'a\nb', '');
  const anything = fc.oneof(
    fc.constantFrom<unknown>(
      null,
      '',
      0,
      -1,
      1.5,
      8,
      14,
      1e308,
      true,
      [],
      {},
      'a\0b',
      '/',
      '../x.service',
      'x@.service',
    ),
    fc.string({ unit: 'binary' }),
    fc.jsonValue(),
    fc
      .tuple(oddKeys, fc.jsonValue())
      .map(([key, inner]) => JSON.parse(`{${JSON.stringify(key)}:${JSON.stringify(inner)}}`) as unknown),
  );

  it('is accepted, or rejected with a path for every mistake, for any values of its keys', () => {
    expect(() => parseAgentConfig(full)).not.toThrow();
    const change = fc.tuple(fc.constantFrom(...pathsOf(full)), anything);
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 3 }), (changes) => {
        const input = changes.reduce<unknown>((value, [way, other]) => {
          try {
            return withOther(value, way, other);
          } catch {
            // An earlier change has removed this path.
            return value;
          }
        }, full);
        try {
          const value = parseAgentConfig(input);
          expect(value.settings.unit).toMatch(/^givc-[A-Za-z0-9._-]+\.service$/);
          for (const { command, directories } of value.capabilities.applications)
            for (const path of [command[0], ...directories]) expect(path).toMatch(/^\/[^\0]*$/);
          for (const warning of value.warnings)
            expect(warning).toMatch(/^([^\s:][^\n]*: [^\n]+|and \d+ more mistakes?)$/);
        } catch (error) {
          if (!(error instanceof GivcError)) throw error;
          expect(error.reason).toBe('INVALID_ARGUMENT');
          for (const line of error.message.split('\n'))
            expect(line).toMatch(
              /^((the configuration|(identity|network|capabilities|accessControl)([.[][^\n]*)?): [^\n]|[^\n]+: unknown key$|and \d+ more mistakes?$)/,
            );
        }
      }),
      { numRuns: 3000 },
    );
  });

  it('is rejected when it is JSON of another type', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (input) => {
        expect(() => parseAgentConfig(input)).toThrow(GivcError);
      }),
    );
  });
});
