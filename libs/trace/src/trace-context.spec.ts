// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import fc from 'fast-check';
import { newTraceContext, parseTraceContext, parseTraceId, traceHeaders } from './trace-context.js';

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const parentId = '00f067aa0ba902b7';
const parent = `00-${traceId}-${parentId}-01`;

const hex = (length: number) =>
  fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: length, maxLength: length });
const nonZero = (length: number) => hex(length).filter((text) => !/^0*$/.test(text));

describe('a traceparent', () => {
  it('is read, and sent unchanged', () => {
    const context = parseTraceContext(parent, 'congo=t61rcWkgMzE');
    expect(context).toEqual({ traceId, parent, state: 'congo=t61rcWkgMzE' });
    expect(traceHeaders(context!)).toEqual({ traceparent: parent, tracestate: 'congo=t61rcWkgMzE' });
  });

  it('has the same trace after any number of calls', () => {
    fc.assert(
      fc.property(nonZero(32), nonZero(16), hex(2), (trace, caller, flags) => {
        const text = `00-${trace}-${caller}-${flags}`;
        const context = parseTraceContext(text, undefined);
        expect(context).toEqual({ traceId: trace, parent: text, state: undefined });
        const { traceparent, tracestate } = traceHeaders(context!);
        expect(parseTraceContext(traceparent, tracestate)).toEqual(context);
      }),
    );
  });

  it.each([
    ['is missing', undefined],
    ['occurs twice', `${parent}, ${parent}`],
    ['occurs twice in a list', [parent, parent]],
    ['is empty', ''],
    ['has upper case', parent.toUpperCase()],
    ['has an invalid version', `ff-${traceId}-${parentId}-01`],
    ['has a version that is not hexadecimal', `0g-${traceId}-${parentId}-01`],
    ['has a trace id of zeros', `00-${'0'.repeat(32)}-${parentId}-01`],
    ['has a parent id of zeros', `00-${traceId}-${'0'.repeat(16)}-01`],
    ['has a short trace id', `00-${traceId.slice(1)}-${parentId}-01`],
    ['has a long parent id', `00-${traceId}-${parentId}0-01`],
    ['has flags of one digit', `00-${traceId}-${parentId}-1`],
    ['has no flags', `00-${traceId}-${parentId}`],
    ['has more than version 00 has', `${parent}-what-the-future-will-be-like`],
    ['ends with a dash', `${parent}-`],
    ['begins with a space', ` ${parent}`],
    ['ends with a line', `${parent}\n`],
    ['is of a later version, with something after its flags', `cc-${traceId}-${parentId}-01.what`],
    ['is of a later version, and too short', `cc-${traceId}-${parentId}-0`],
    ['is two of a later version', `cc-${traceId}-${parentId}-01, cc-${traceId}-${parentId}-01`],
  ])('is ignored, with its tracestate, when it %s', (_, text) => {
    expect(parseTraceContext(text, 'congo=t61rcWkgMzE')).toBeUndefined();
  });

  it('of a later version becomes one of version 00, with the flag that is known', () => {
    for (const text of ['01', '01-more', '01-', 'ff', 'ff-ff'])
      expect(parseTraceContext(`cc-${traceId}-${parentId}-${text}`, undefined)?.parent).toBe(parent);
    expect(parseTraceContext(`01-${traceId}-${parentId}-02`, undefined)?.parent).toBe(`00-${traceId}-${parentId}-00`);
  });

  it('never becomes longer than 55 characters, whatever a caller sends', () => {
    fc.assert(
      fc.property(hex(2), nonZero(32), nonZero(16), hex(2), fc.string(), (version, trace, caller, flags, more) => {
        const context = parseTraceContext(`${version}-${trace}-${caller}-${flags}${more}`, undefined);
        if (context) expect(context.parent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/);
      }),
    );
  });
});

describe('a tracestate', () => {
  it('may be several headers', () => {
    expect(parseTraceContext(parent, ['a=1', 'b=2'])?.state).toBe('a=1,b=2');
  });

  it.each([
    ['is empty', ''],
    ['has more than 512 characters', 'x'.repeat(513)],
    ['is not ASCII', 'a=\xe4'],
    ['has control characters', 'a=\t'],
  ])('is dropped when it %s', (_, state) => {
    expect(parseTraceContext(parent, state)).toEqual({ traceId, parent, state: undefined });
  });
});

describe('a new trace', () => {
  it('is valid, not sampled, and different from others', () => {
    const [one, other] = [newTraceContext(), newTraceContext()];
    expect(parseTraceContext(one.parent, undefined)).toEqual(one);
    expect(one.parent).toMatch(/-00$/);
    expect(one.traceId).not.toBe(other.traceId);
  });
});

describe('a trace id', () => {
  it('is 32 hexadecimal digits', () => {
    expect(parseTraceId('--trace', traceId)).toBe(traceId);
  });

  it.each(['', traceId.toUpperCase(), traceId.slice(1), '0'.repeat(32), `${traceId} `])('is not %j', (text) => {
    expect(() => parseTraceId('--trace', text)).toThrow(
      /^--trace: invalid trace id ".*": expected 32 hexadecimal digits/,
    );
  });
});
