// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type dbusNext from 'dbus-next';
import { Variant } from './variant.js';

describe('the variant of dbus-next', () => {
  it('is the class that dbus-next itself uses', () => {
    expect(Variant).toBe(jest.requireActual<typeof dbusNext>('dbus-next').Variant);
    expect(new Variant('s', 'a')).toMatchObject({ signature: 's', value: 'a' });
  });

  it.each([
    ['its own file', './variant.js', 0],
    ['the entry point of dbus-next, so that this file is still needed', 'dbus-next', 1],
  ])('is loaded from %s with the known number of XML parsers', (_, from, parsers) => {
    const load = jest.fn(() => ({}));
    jest.isolateModules(() => {
      jest.doMock('xml2js', load);
      jest.requireActual(from);
    });
    jest.dontMock('xml2js');
    expect(load).toHaveBeenCalledTimes(parsers);
  });
});
