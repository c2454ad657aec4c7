// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { bitsOf, evdev, textOf, uinput } from './ioctls.js';

describe('a request of ioctl(2)', () => {
  // As the headers of Linux 6.1 have them on x86-64.
  it.each([
    ['EVIOCGID', evdev.id, 0x80084502],
    ['EVIOCGNAME(256)', evdev.name(256), 0x81004506],
    ['EVIOCGPHYS(256)', evdev.place(256), 0x81004507],
    ['EVIOCGPROP(4)', evdev.properties(4), 0x80044509],
    ['EVIOCGKEY(96)', evdev.pressedKeys(96), 0x80604518],
    ['EVIOCGSW(3)', evdev.activeSwitches(3), 0x8003451b],
    ['UI_SET_SWBIT', uinput.addSwitch, 0x4004556d],
    ['EVIOCGBIT(EV_KEY, 96)', evdev.codes(1, 96), 0x80604521],
    ['EVIOCGABS(ABS_X)', evdev.axis(0), 0x80184540],
    ['EVIOCGRAB', evdev.grab, 0x40044590],
    ['UI_DEV_CREATE', uinput.create, 0x5501],
    ['UI_DEV_SETUP', uinput.setup, 0x405c5503],
    ['UI_ABS_SETUP', uinput.setupAxis, 0x401c5504],
    ['UI_SET_EVBIT', uinput.addType, 0x40045564],
    ['UI_SET_PHYS', uinput.setPlace, 0x4008556c],
    ['UI_SET_PROPBIT', uinput.addProperty, 0x4004556e],
  ])('has the number that linux/input.h and linux/uinput.h define: %s', (_, request, expected) => {
    expect(request.toString(16)).toBe(expected.toString(16));
  });

  it('fills buffers with bits and with text', () => {
    expect(bitsOf(Buffer.from([0b101, 0, 0x80]))).toEqual([0, 2, 23]);
    expect(textOf(Buffer.from('Mouse\0\0rest'))).toBe('Mouse');
  });
});
