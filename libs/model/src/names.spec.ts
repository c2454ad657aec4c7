// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import fc from 'fast-check';
import { GivcError } from './givc-error.js';
import {
  agentUnit,
  instanceOfUnit,
  instanceUnit,
  parseApplicationName,
  parseInstanceSelector,
  parsePolicyName,
  parseUnitName,
  parseVmName,
  vmOfAgentUnit,
  vmOfVmUnit,
  vmUnit,
  type UnitName,
} from './names.js';

/** Pieces of names, mixed with characters that do not belong into one. */
const hostile = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc
    .array(
      fc.oneof(
        fc.constantFrom(
          ...[
            '../',
            '/',
            '..',
            '.',
            '\n',
            '\r\n',
            '\0',
            '@',
            '@@',
            '-',
            '--',
            '_',
            ':',
            '\\',
            '%',
            '%i',
            '*',
            '?',
            '[',
            ' ',
          ],
          ...['web', 'microvm@', 'givc-', 'net-vm', '0', '00', '-1', '1e3', '999999999', '1000000000', '.service'],
          ...[
            '.target',
            '.Service',
            '.service\n',
            '\u0430',
            '\uff0e',
            '\u2024service',
            '\u200b',
            '\u202e',
            'ſervice',
            'K',
          ],
        ),
        fc.string({ maxLength: 3 }),
      ),
      { maxLength: 6 },
    )
    .map((parts) => parts.join('')),
  fc.integer({ min: 1, max: 100_000 }).map((length) => `${'a'.repeat(length)}.service`),
);

/** The value, or undefined when it was properly rejected: in one short line that begins with the field. */
function parsedOrRejected<Value>(parse: (field: string, text: string) => Value, text: string): Value | undefined {
  try {
    return parse('UnitName', text);
  } catch (error) {
    expect(error).toBeInstanceOf(GivcError);
    expect((error as GivcError).reason).toBe('INVALID_ARGUMENT');
    expect((error as GivcError).message).toMatch(/^UnitName: [^\n\r\0]{1,1000}$/);
    return undefined;
  }
}

const always = (property: (text: string) => void): void => fc.assert(fc.property(hostile, property), { numRuns: 5000 });

const letters = [...'abcXYZ019'];
const word = (inner: string, max: number) =>
  fc
    .tuple(
      fc.constantFrom(...letters),
      fc.string({ unit: fc.constantFrom(...letters, ...inner), maxLength: max - 2 }),
      fc.constantFrom(...letters),
    )
    .map((parts) => parts.join(''));
const vmNames = word('._-', 63);
const applicationNames = word(':_.-', 128);

describe('the name of a unit', () => {
  it('can be started, and cannot be a path, an option, a template or a second line', () => {
    always((text) => {
      const unit = parsedOrRejected(parseUnitName, text);
      if (unit === undefined) return;
      expect(unit).toBe(text);
      expect(unit).toMatch(/^[A-Za-z0-9:_.\\@-]{1,255}$/);
      expect(unit).toMatch(/[^@]\.(service|socket|device|mount|automount|swap|target|path|timer|slice|scope)$/);
      expect(unit).not.toMatch(/^[.@]/);
    });
  });

  it.each([
    ...[
      'NetworkManager.service',
      'microvm@net-vm.service',
      'a.service',
      '-.slice',
      'dev-sda1.device',
      'foo.bar.service',
    ],
    ...[
      'systemd-cryptsetup@dev-disk\\x2dby.service',
      'user@1000.service',
      'a:b.service',
      'a..service',
      'poweroff.target',
    ],
    `${'a'.repeat(247)}.service`,
  ])('accepts the unit name %s', (text) => {
    expect(parseUnitName('unit', text)).toBe(text);
  });

  it.each([
    ...['', 'web', '.service', '@.service', '@a.service', 'a@.service', 'a.Service', 'a.service ', ' a.service'],
    ...[
      '../a.service',
      '/a.service',
      'a/../b.service',
      'a\n.service',
      'a.service\n',
      'a\0.service',
      'a.service\0.target',
    ],
    ...[
      'a b.service',
      'web.ѕervice',
      'wеb.service',
      'a\u2024service',
      'ａ.service',
      '*.service',
      'a.service,b.service',
    ],
    `${'a'.repeat(248)}.service`,
  ])('rejects the unit name %j', (text) => {
    expect(parsedOrRejected(parseUnitName, text)).toBeUndefined();
  });
});

describe('the name of a VM', () => {
  it('makes unit names from which it can be parsed', () => {
    fc.assert(
      fc.property(vmNames, (text) => {
        const vm = parseVmName('vm', text);
        for (const [unit, vmOf] of [
          [agentUnit(vm), vmOfAgentUnit],
          [vmUnit(vm), vmOfVmUnit],
        ] as const) {
          expect(parseUnitName('unit', unit)).toBe(unit);
          expect(vmOf(unit)).toBe(vm);
        }
        expect(vmOfVmUnit(agentUnit(vm))).toBeUndefined();
        expect(vmOfAgentUnit(vmUnit(vm))).toBeUndefined();
      }),
    );
  });

  it('has at most 63 characters', () => {
    expect(parseVmName('vm', 'a'.repeat(63))).toBe('a'.repeat(63));
    expect(parsedOrRejected(parseVmName, 'a'.repeat(64))).toBeUndefined();
  });

  it('cannot be a path, an option or an instance', () => {
    always((text) => {
      const vm = parsedOrRejected(parseVmName, text);
      if (vm === undefined) return;
      expect(vm).toBe(text);
      expect(vm).toMatch(/^[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/);
    });
  });

  it('is parsed from the name of a unit only if it is valid', () => {
    always((text) => {
      const unit = parsedOrRejected(parseUnitName, text);
      if (unit === undefined) return;
      for (const [vmOf, unitOf] of [
        [vmOfAgentUnit, agentUnit],
        [vmOfVmUnit, vmUnit],
      ] as const) {
        const vm = vmOf(unit);
        if (vm === undefined) continue;
        expect(unitOf(parseVmName('vm', vm))).toBe(unit);
      }
    });
  });

  it.each([
    'givc-a@b.service',
    'givc-.service',
    `givc-${'a'.repeat(64)}.service`,
    'microvm@-a.service',
    'microvm@a@b.service',
    ...['givc-a.service.target', 'microvm@a.service.target', 'a-microvm@a.service', 'a.givc-a.service'],
  ])('is not in %s', (unit) => {
    expect(vmOfAgentUnit(unit as UnitName) ?? vmOfVmUnit(unit as UnitName)).toBeUndefined();
  });
});

describe('a missing name', () => {
  it.each([
    [parseUnitName, 'a unit name is missing'],
    [parseVmName, 'the name of a VM is missing'],
    [parseApplicationName, 'the name of an application is missing'],
    [parsePolicyName, 'the name of a policy is missing'],
  ])('is rejected by %p', (parse, message) => {
    expect(() => parse('Name', '')).toThrow(`Name: ${message}`);
  });
});

describe('the name of a policy', () => {
  it.each(['firewall', '_a', '0', 'a.b-c', 'a'.repeat(128)])('accepts the policy name %s', (text) => {
    expect(parsePolicyName('policy', text)).toBe(text);
  });

  it.each(['.', '..', '-a', '.a', 'a/b', 'a\n', 'a:b', '__proto__', 'a'.repeat(129)])('rejects the name %j', (text) => {
    expect(parsedOrRejected(parsePolicyName, text)).toBeUndefined();
  });
});

describe('the name of an application', () => {
  it('has at most 128 characters', () => {
    expect(parseApplicationName('app', 'a'.repeat(128))).toBe('a'.repeat(128));
    expect(parsedOrRejected(parseApplicationName, 'a'.repeat(129))).toBeUndefined();
  });

  it('cannot be a path, an option or an instance', () => {
    always((text) => {
      const application = parsedOrRejected(parseApplicationName, text);
      if (application === undefined) return;
      expect(application).toBe(text);
      expect(application).toMatch(/^[A-Za-z0-9_][A-Za-z0-9:_.-]{0,127}$/);
    });
  });

  it('makes with a number a unit name from which both can be parsed', () => {
    fc.assert(
      fc.property(applicationNames, fc.nat(999_999_999), (text, instance) => {
        const application = parseApplicationName('application', text);
        const unit = instanceUnit(application, instance);
        expect(parseUnitName('unit', unit)).toBe(unit);
        expect(instanceOfUnit(unit)).toEqual({ application, instance });
        expect(parseInstanceSelector('app', unit)).toEqual({ kind: 'one', unit });
        expect(parseInstanceSelector('app', `${text}@${instance}`)).toEqual({ kind: 'one', unit });
        expect(parseInstanceSelector('app', text)).toEqual({ kind: 'all', application });
        expect(parseInstanceSelector('app', `${text}@`)).toEqual({ kind: 'all', application });
      }),
    );
  });

  it('is parsed from the name of a unit only if the number is valid', () => {
    always((text) => {
      const unit = parsedOrRejected(parseUnitName, text);
      const found = unit && instanceOfUnit(unit);
      if (!found) return;
      expect(Number.isSafeInteger(found.instance)).toBe(true);
      expect(instanceUnit(parseApplicationName('app', found.application), found.instance)).toBe(unit);
    });
    for (const unit of [
      'a@00.service',
      'a@-1.service',
      'a@1e3.service',
      'a@1000000000.service',
      'a@0@0.service',
      'a@0.target',
      'a@0.service.target',
    ])
      expect(instanceOfUnit(unit as UnitName)).toBeUndefined();
  });
});

describe('a selector of instances', () => {
  it('selects one instance or all of one application, never something else', () => {
    always((text) => {
      const selector = parsedOrRejected(parseInstanceSelector, text);
      if (selector?.kind === 'one') expect(instanceOfUnit(parseUnitName('unit', selector.unit))).toBeDefined();
      if (selector?.kind === 'all') {
        expect(parseApplicationName('app', selector.application)).toBe(selector.application);
        expect([selector.application, `${selector.application}@`]).toContain(text);
      }
    });
  });
});
