// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { allowedPart, classesOf, classOfEvent, eventClasses, type EventClass } from './event-class.js';
import { noCapabilities, type Capabilities } from './description.js';
import { typicalCapabilities } from './typical-devices.js';

const axes = (...codes: number[]) =>
  codes.map((code) => ({ code, minimum: 0, maximum: 255, fuzz: 0, flat: 0, resolution: 0 }));
const has = (more: Partial<Capabilities>): Capabilities => ({ ...noCapabilities, ...more });

const [left, touch, south, dpadUp, trigger, zero] = [0x110, 0x14a, 0x130, 0x220, 0x2c0, 0x100];
const [slot, positionX] = [0x2f, 0x35];

describe('the class of a device', () => {
  it.each<[string, Capabilities, EventClass[]]>([
    ['a mouse', has({ keys: [left], relative: [0, 1] }), ['pointer']],
    ['a touchpad', has({ keys: [left, touch], absolute: axes(0, 1, slot, positionX) }), ['pointer']],
    ['a game controller', has({ keys: [south, dpadUp, trigger], absolute: axes(0, 1) }), ['controller']],
    ['the motion sensors of a controller', has({ absolute: axes(0, 1, 2), properties: [6] }), ['controller']],
    ['a keyboard', has({ keys: [30, 0x1d0] }), ['keyboard']],
    ['a headset', has({ keys: [114, 115, 164] }), ['keyboard']],
    ['a controller with a key for the volume', has({ keys: [south, 114] }), ['keyboard', 'controller']],
    ['a pad of buttons', has({ keys: [zero] }), ['pointer', 'controller']],
    ['a laptop with a lid and keys', has({ keys: [116], switches: [0] }), ['keyboard', 'switch']],
    ['a device without events', noCapabilities, []],
  ])('follows from the capabilities of %s', (_, capabilities, expected) => {
    expect(classesOf(capabilities)).toEqual(expected);
  });

  it.each(eventClasses)('is only the class of a typical %s', (one) => {
    expect(classesOf(typicalCapabilities[one])).toEqual([one]);
  });

  it('follows from the first event of a device without capabilities', () => {
    const events = [
      [1, 30],
      [1, left],
      [1, south],
      [2, 0],
      [3, 0],
      [3, slot],
      [4, 4],
      [0, 0],
      [5, 0],
      [0x11, 0],
    ];
    expect(events.map(([type, code]) => classOfEvent({ type: type!, code: code! }))).toEqual([
      ...['keyboard', 'pointer', 'controller', 'pointer', 'controller', 'pointer'],
      ...[undefined, undefined, 'switch', undefined],
    ]);
  });
});

describe('the allowed part of a device', () => {
  const all = has({
    keys: [30, left, touch, south],
    relative: [0],
    absolute: axes(0, slot),
    properties: [0, 1, 6],
    misc: [4],
    switches: [0],
  });

  it('is the whole device when every class is allowed', () => {
    expect(allowedPart(all, eventClasses)).toEqual(all);
  });

  it('excludes typing keys when no keyboard is allowed', () => {
    expect(allowedPart(all, ['pointer', 'controller']).keys).toEqual([left, touch, south]);
  });

  it('is without switches, which suspend a machine, when none are allowed', () => {
    expect(allowedPart(all, ['keyboard', 'pointer', 'controller']).switches).toEqual([]);
    expect(allowedPart(all, ['switch'])).toMatchObject({ keys: [], switches: [0] });
  });

  it('excludes everything that makes a pointer, a touchpad or a screen when no pointer is allowed', () => {
    const part = allowedPart(all, ['controller', 'keyboard']);
    expect(part).toMatchObject({ keys: [30, south], relative: [], properties: [6], misc: [4] });
    expect(part.absolute.map(({ code }) => code)).toEqual([0]);
    expect(allowedPart(has({ keys: [left, touch], absolute: axes(0, 1) }), ['controller'])).toEqual(noCapabilities);
  });

  it('excludes axes of a controller when only pointers are allowed', () => {
    expect(allowedPart(has({ keys: [south], absolute: axes(0, 1) }), ['pointer'])).toEqual(noCapabilities);
  });
});
