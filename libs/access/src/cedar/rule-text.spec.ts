// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { DetailedError } from '@cedar-policy/cedar-wasm/nodejs';
import { asWritten, withRelated } from './rule-mistakes.js';
import { RuleText } from './rule-text.js';

const text = (rules: string) => new RuleText(rules, '/etc/givc/rules.cedar');

describe('the text of rules', () => {
  it('replaces Command by Action only as the type of an entity, without changing its length', () => {
    const rules = `permit (principal is Command, action == Command::"A", resource)
      when { context.Command == "Command::x" && Command::a && N::Command::"b" && context has Command }; // Command::"c"`;
    expect(text(rules).forCedar).toBe(`permit (principal is Action , action == Action ::"A", resource)
      when { context.Command == "Command::x" && Command::a && N::Command::"b" && context has Command }; // Command::"c"`);
  });

  it('recognizes an entity whatever its name is', () => {
    expect(text('[Command::"a // b", Command::"c d", Command::""]').forCedar).toBe(
      '[Action ::"a // b", Action ::"c d", Action ::""]',
    );
  });

  it('is split into rules, without the text between them', () => {
    const rules = ' // first\npermit (a);\n\n// second ;\n@id(";")\nforbid (b);rest';
    const { rules: spans } = text(rules);
    expect(spans.map(({ start, end }) => rules.slice(start, end))).toEqual(['permit (a);', '@id(";")\nforbid (b);']);
    expect(spans.map((span) => text(rules).nameOf(span))).toEqual(['rules.cedar:2', 'rules.cedar:5']);
  });

  it('has slots only where a template is to be filled in', () => {
    const rules = 'permit (principal == ?principal, action ? ?resource "?principal" ?principals)';
    expect(text(rules).slots.map(({ start, end }) => rules.slice(start, end))).toEqual(['?principal', '?resource']);
  });

  it('gives the position of a mistake in characters, even if Cedar counts in bytes', () => {
    const some = text('permit (é,\n𝄞x);');
    const at = (start: number) => ({ message: '', sourceLocations: [{ start, end: start + 1 }] }) as DetailedError;
    expect(some.locationOf(at(0))).toBe('/etc/givc/rules.cedar:1:1');
    // Both é and the clef have more than one byte in UTF-8.
    expect(some.locationOf(at(Buffer.byteLength('permit (é,\n𝄞')))).toBe('/etc/givc/rules.cedar:2:2');
  });

  it('gives a mistake without a position the default position', () => {
    const nowhere = { message: '' } as DetailedError;
    expect(text('permit (a);\nforbid').locationOf(nowhere, 12)).toBe('/etc/givc/rules.cedar:2:1');
    expect(text('permit (a);\nforbid').locationOf(nowhere)).toBe('/etc/givc/rules.cedar:1:1');
  });
});

describe('a message of Cedar', () => {
  const error = (message: string, more: Partial<DetailedError> = {}) => ({ message, ...more }) as DetailedError;

  it.each([
    ['failed to parse policies from string: unexpected token', 'unexpected token'],
    ['failed to parse schema from string: unexpected token', 'unexpected token'],
    ['for policy `policy12`, it is wrong', 'it is wrong'],
    ['for policy `policy3`: it is wrong', 'it is wrong'],
    ['one  \n  \n  two\nthree', 'one two three'],
    ['Action::"a" and `Action` but Actions', 'Command::"a" and `Command` but Actions'],
  ])('is one line in the words of the rules: %j', (message, written) => {
    expect(asWritten(error(message))).toBe(written);
  });

  it('is followed by its label and its help, if it has them', () => {
    const sourceLocations = [{ start: 0, end: 1, label: 'here' }];
    expect(asWritten(error('wrong', { sourceLocations, help: 'try again' }))).toBe('wrong; here; try again');
    expect(asWritten(error('wrong', { help: 'try again' }))).toBe('wrong; try again');
  });

  it('is followed by each further message as one of its own', () => {
    const errors = [error('a', { related: [error('b', { related: [error('c')] })] }), error('d')];
    expect(withRelated(errors).map(({ message }) => message)).toEqual(['a', 'b', 'c', 'd']);
  });
});
