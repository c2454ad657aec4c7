// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { accelerometer, eventTypes, firstTouchCode } from './event-codes.js';
import type { Capabilities } from './description.js';

/**
 * The use of a device. A keyboard is any device with keys that have a meaning by themselves, such as those of a
 * headset. A switch has a state, such as that of a lid or a jack.
 */
export const eventClasses = ['keyboard', 'pointer', 'controller', 'switch'] as const;
export type EventClass = (typeof eventClasses)[number];

type Range = readonly [first: number, last: number, ...classes: EventClass[]];

/** The buttons of linux/input-event-codes.h; every other key is one of a keyboard. */
const buttons: readonly Range[] = [
  // BTN_0 to BTN_9, for buttons without another code
  [0x100, 0x10f, 'pointer', 'controller'],
  // Mice
  [0x110, 0x11f, 'pointer'],
  // Joysticks and game controllers
  [0x120, 0x13f, 'controller'],
  // Touch and pens
  [0x140, 0x14f, 'pointer'],
  // Gears of a steering wheel
  [0x150, 0x15f, 'controller'],
  // BTN_DPAD_…, and grips behind a game controller
  [0x220, 0x22f, 'controller'],
  // BTN_TRIGGER_HAPPY…
  [0x2c0, 0x2ff, 'controller'],
];

const keyboard: readonly EventClass[] = ['keyboard'];

export function classesOfKey(code: number): readonly EventClass[] {
  const found = buttons.find(([first, last]) => code >= first && code <= last);
  return found ? (found.slice(2) as EventClass[]) : keyboard;
}

const isOnly = (code: number, wanted: EventClass): boolean => {
  const classes = classesOfKey(code);
  return classes.length === 1 && classes[0] === wanted;
};

/** Whether the axes are those of a touchpad, tablet or screen; otherwise they are those of a controller. */
function classOfAxes({ keys, absolute }: Capabilities): EventClass {
  if (keys.some((code) => isOnly(code, 'controller'))) return 'controller';
  const isTouch = absolute.some(({ code }) => code >= firstTouchCode) || keys.some((code) => isOnly(code, 'pointer'));
  return isTouch ? 'pointer' : 'controller';
}

/** The class that the first event of a device without capabilities shows; undefined when the event shows no class. */
export function classOfEvent({ type, code }: { readonly type: number; readonly code: number }): EventClass | undefined {
  switch (type) {
    case eventTypes.key:
      return classesOfKey(code).at(-1);
    case eventTypes.relative:
      return 'pointer';
    case eventTypes.absolute:
      return code >= firstTouchCode ? 'pointer' : 'controller';
    case eventTypes.switch:
      return 'switch';
    default:
      return undefined;
  }
}

/** The classes of the events that a device can send. */
export function classesOf(capabilities: Capabilities): EventClass[] {
  const { keys, relative, absolute, switches } = capabilities;
  const found = new Set(keys.flatMap(classesOfKey));
  if (relative.length > 0) found.add('pointer');
  if (absolute.length > 0) found.add(classOfAxes(capabilities));
  if (switches.length > 0) found.add('switch');
  return eventClasses.filter((one) => found.has(one));
}

/**
 * The capabilities of a device that remain when only these classes are allowed. Without pointers, everything is removed
 * that makes a desktop treat a device as a touchpad or a screen: contacts, and the properties that mark a device with
 * two axes as one.
 */
export function allowedPart(capabilities: Capabilities, allowed: readonly EventClass[]): Capabilities {
  const { properties, keys, relative, absolute, misc, switches } = capabilities;
  const isPointer = allowed.includes('pointer');
  const axes = classOfAxes(capabilities);
  return {
    properties: properties.filter((property) => isPointer || property === accelerometer),
    keys: keys.filter((code) => classesOfKey(code).some((one) => allowed.includes(one))),
    relative: isPointer ? relative : [],
    absolute: absolute.filter(({ code }) => allowed.includes(code >= firstTouchCode ? 'pointer' : axes)),
    misc,
    switches: allowed.includes('switch') ? switches : [],
  };
}
