// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { Profile } from './profile.js';
import { credentialsOf, securities, type Security } from './security.js';
import { ssidText } from './ssid.js';
import type { AccessPoint, WirelessDevice } from './wireless.js';

/** A profile that NetworkManager has saved for a wireless network. */
export interface SavedProfile {
  /** The path of its object in NetworkManager. */
  readonly path: string;
  readonly profile: Profile;
  /** The SSID in the form of `ssidText`. */
  readonly name: string;
  readonly ssid: Buffer;
  readonly security: Security;
  /** The only interface that the profile is for; undefined when it is for all. */
  readonly interface: string | undefined;
  readonly isHidden: boolean;
}

export function savedProfilesOf(profiles: ReadonlyMap<string, Profile>): SavedProfile[] {
  return [...profiles].flatMap(([path, profile]) => {
    const ssid = profile['802-11-wireless']?.['ssid']?.value;
    if (!Buffer.isBuffer(ssid)) return [];
    const keyManagement = profile['802-11-wireless-security']?.['key-mgmt']?.value ?? 'none';
    const device = profile['connection']?.['interface-name']?.value;
    return {
      path,
      profile,
      name: ssidText(ssid),
      ssid,
      security: securities.find((security) => security === keyManagement) ?? 'wpa-eap',
      interface: typeof device === 'string' && device !== '' ? device : undefined,
      isHidden: profile['802-11-wireless']?.['hidden']?.value === true,
    };
  });
}

export const serves = (saved: SavedProfile, device: WirelessDevice): boolean =>
  saved.interface === undefined || saved.interface === device.interface;

/** Whether the saved credentials are of the kind that the access point needs: WPA2 and WPA3 have the same password. */
export const fits = (saved: SavedProfile, { security }: AccessPoint): boolean =>
  credentialsOf(saved.security) === credentialsOf(security);
