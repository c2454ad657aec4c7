// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import fc from 'fast-check';
import { BusHandshake } from './bus-handshake.js';

/** The bytes that the bus gets for each of these chunks. */
const passed = (handshake: BusHandshake, ...chunks: string[]): string[] =>
  chunks.map((chunk) => handshake.fromClient(Buffer.from(chunk, 'latin1')).toString('latin1'));

const answer = (handshake: BusHandshake, lines: string): string =>
  handshake.fromBus(Buffer.from(lines)).toString('latin1');

const impatient = '\0AUTH EXTERNAL\r\nDATA\r\nNEGOTIATE_UNIX_FD\r\nBEGIN\r\n';
const toBus = '\0AUTH EXTERNAL\r\nDATA\r\nNEGOTIATE_NO_UNIX_FD\r\n';

describe('the handshake of a D-Bus client', () => {
  it('passes line by line when the client waits for each answer, but without file descriptors', () => {
    const handshake = new BusHandshake();
    expect(passed(handshake, '\0', 'AUTH EXTERNAL 30\r\n').join('')).toBe('\0AUTH EXTERNAL 30\r\n');
    expect(answer(handshake, 'OK 1234\r\n')).toBe('');
    expect(passed(handshake, 'NEGOTIATE_UNIX_FD\r\n')).toEqual(['NEGOTIATE_NO_UNIX_FD\r\n']);
    expect(answer(handshake, 'ERROR "Unknown command"\r\n')).toBe('');
    expect(handshake.isOver).toBe(false);
    expect(passed(handshake, 'BEGIN\r\nl\x01', 'NEGOTIATE_UNIX_FD\r\n')).toEqual([
      'BEGIN\r\nl\x01',
      'NEGOTIATE_UNIX_FD\r\n',
    ]);
    expect(handshake.isOver).toBe(true);
  });

  it('holds BEGIN back until everything is answered when the client does not wait', () => {
    const handshake = new BusHandshake();
    expect(passed(handshake, `${impatient}Hello`, '!')).toEqual([toBus, '']);
    expect(answer(handshake, 'DATA\r\nOK 12')).toBe('');
    expect(answer(handshake, '34\r\n')).toBe('');
    expect(answer(handshake, 'ERROR\r\n')).toBe('BEGIN\r\nHello!');
    expect(handshake.isOver).toBe(true);
    expect(answer(handshake, 'l\n\n')).toBe('');
  });

  it('has the same result whatever chunks it arrives in', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(impatient.length)), (cuts) => {
        const handshake = new BusHandshake();
        const places = [0, ...cuts.toSorted((a, b) => a - b), impatient.length];
        const pieces = places.slice(1).map((end, index) => impatient.slice(places[index], end));
        expect(passed(handshake, ...pieces).join('')).toBe(toBus);
        expect(answer(handshake, 'DATA\r\nOK\r\nERROR\r\n')).toBe('BEGIN\r\n');
      }),
    );
  });

  it.each([
    ['a user that the bus does not accept', ['\0AUTH EXTERNAL 35313530\r\n'], 'REJECTED EXTERNAL\r\n', ['5150']],
    [
      'a user who then uses another mechanism',
      ['\0AUTH EXTERNAL 35313530\r\nAUTH ANONYMOUS 6c\r\n'],
      'REJECTED EXTERNAL\r\nREJECTED\r\n',
      ['5150'],
    ],
    [
      'a client that first asks for the mechanisms',
      ['\0AUTH\r\n', 'AUTH EXTERNAL 30\r\n'],
      'REJECTED EXTERNAL\r\nREJECTED\r\n',
      ['0'],
    ],
    [
      'of one that asks first, and is accepted',
      ['\0AUTH\r\n', 'AUTH EXTERNAL 30\r\n'],
      'REJECTED EXTERNAL\r\nOK 12\r\n',
      [],
    ],
    ['of a user that the bus accepts', ['\0AUTH EXTERNAL 30\r\n'], 'OK 1234\r\n', []],
    ['of one without a number', ['\0AUTH EXTERNAL 726f6f74\r\n'], 'REJECTED EXTERNAL\r\n', []],
    ['of one that leaves it open', ['\0AUTH EXTERNAL\r\n', 'DATA\r\n'], 'DATA\r\nREJECTED\r\n', []],
  ])(
    'reports the user number that the bus rejects, whatever chunks the answer arrives in: %s',
    (_, commands, answers, uids) => {
      for (let cut = 0; cut <= answers.length; cut++) {
        const seen: string[] = [];
        const handshake = new BusHandshake((uid) => seen.push(uid));
        passed(handshake, ...commands);
        for (const part of [answers.slice(0, cut), answers.slice(cut)]) answer(handshake, part);
        expect(seen).toEqual(uids);
      }
    },
  );

  it('fails when it does not end', () => {
    const handshake = new BusHandshake();
    expect(() => passed(handshake, '\0AUTH ', 'x'.repeat(10_000), 'x'.repeat(10_000))).toThrow('16384 bytes');
    const begun = new BusHandshake();
    expect(() => passed(begun, impatient, 'x'.repeat(20_000))).toThrow('16384 bytes');
  });

  it('loses no byte when the client ends early', () => {
    const handshake = new BusHandshake();
    expect(passed(handshake, '\0AUTH EXTERNAL\r\nDA')).toEqual(['\0AUTH EXTERNAL\r\n']);
    expect(handshake.end().toString()).toBe('DA');
  });
});

describe('any other connection', () => {
  it('passes unchanged and at once', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 30 })), (chunks) => {
        fc.pre(!Buffer.concat(chunks).toString('latin1').startsWith('\0AUTH'));
        const handshake = new BusHandshake();
        for (const chunk of chunks.map((bytes) => Buffer.from(bytes)))
          expect(handshake.fromClient(chunk)).toEqual(chunk);
      }),
    );
    for (const bytes of ['\0', '\0AUT', '\0AUTHOR\n', 'AUTH EXTERNAL\r\nNEGOTIATE_UNIX_FD\r\n', '\0\0AUTH '])
      expect(passed(new BusHandshake(), ...bytes)).toEqual([...bytes]);
  });
});
