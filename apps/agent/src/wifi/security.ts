// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

/** The protection of a network, in the values of `802-11-wireless-security.key-mgmt` of nm-settings-dbus(5). */
export const securities = ['none', 'ieee8021x', 'owe', 'wpa-psk', 'sae', 'wpa-eap', 'wpa-eap-suite-b-192'] as const;
export type Security = (typeof securities)[number];

/** NM80211ApFlags and NM80211ApSecurityFlags of nm-dbus-types. */
const privacy = 0x1;
const keyManagement = { psk: 0x100, ieee8021x: 0x200, sae: 0x400, owe: 0x800, oweTransition: 0x1000, suiteB: 0x2000 };

/**
 * The security that an access point offers; of several, the one that most devices support. `wpa-psk` is WPA2 or WPA3
 * with a password; `sae` is WPA3 only; `wpa-eap-suite-b-192` is WPA3-Enterprise with 192 bits only. Privacy without WPA
 * is WEP, here `ieee8021x`.
 */
export function securityOf(flags: number, wpaFlags: number, rsnFlags: number): Security {
  const offered = wpaFlags | rsnFlags;
  if (offered & keyManagement.psk) return 'wpa-psk';
  if (offered & keyManagement.sae) return 'sae';
  if (offered & keyManagement.ieee8021x) return 'wpa-eap';
  if (offered & keyManagement.suiteB) return 'wpa-eap-suite-b-192';
  if (offered & (keyManagement.owe | keyManagement.oweTransition)) return 'owe';
  return flags & privacy ? 'ieee8021x' : 'none';
}

/** The credentials that a network needs. */
export function credentialsOf(security: Security): 'nothing' | 'password' | 'identity' {
  switch (security) {
    case 'none':
    case 'owe':
      return 'nothing';
    case 'wpa-psk':
    case 'sae':
      return 'password';
    case 'ieee8021x':
    case 'wpa-eap':
    case 'wpa-eap-suite-b-192':
      return 'identity';
  }
}
