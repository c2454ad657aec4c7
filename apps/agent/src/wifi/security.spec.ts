// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { securityOf } from './security.js';

const [tkip, ccmp, psk, eap, sae, owe, transition, suiteB] = [0x44, 0x88, 0x100, 0x200, 0x400, 0x800, 0x1000, 0x2000];

describe('the security of an access point', () => {
  it.each([
    ['none', 0, 0, 0],
    ['ieee8021x', 1, 0, 0],
    ['wpa-psk', 1, tkip | psk, 0],
    ['wpa-psk', 1, 0, ccmp | psk],
    ['wpa-psk', 1, 0, ccmp | psk | sae],
    ['sae', 1, 0, ccmp | sae],
    ['wpa-eap', 1, 0, ccmp | eap],
    ['wpa-eap-suite-b-192', 1, 0, suiteB],
    ['wpa-eap-suite-b-192', 1, 0, 0x40000 | suiteB],
    ['wpa-eap', 1, 0, ccmp | eap | suiteB],
    ['owe', 0, 0, ccmp | owe],
    ['owe', 0, 0, transition],
  ])('is %s for the flags %d, %d and %d', (security, flags, wpa, rsn) => {
    expect(securityOf(flags, wpa, rsn)).toBe(security);
  });
});
