// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { wifimanager } from '@givc/rpc';
import type { AccessPoint, WirelessDevice } from './wireless.js';

/**
 * The networks in range of a device, the strongest first. Access points of one SSID with one security are one network
 * with the signal of the strongest; the same SSID with another security is another network, because it may belong to
 * another owner. Hidden networks are left out.
 */
export function networksOf(device: WirelessDevice): wifimanager.AccessPoint[] {
  const networks = new Map<string, wifimanager.AccessPoint>();
  for (const point of device.accessPoints) {
    if (point.name === '') continue;
    const key = `${point.security} ${point.ssid.toString('hex')}`;
    const known = networks.get(key);
    networks.set(key, known ? merged(known, networkOf(device, point)) : networkOf(device, point));
  }
  return [...networks.values()].sort((a, b) => b.Signal - a.Signal || a.SSID.localeCompare(b.SSID));
}

export const networkOf = (
  device: WirelessDevice,
  { isActive, name, strength, security }: AccessPoint,
): wifimanager.AccessPoint => ({
  Connection: isActive,
  SSID: name,
  Signal: strength,
  Security: security,
  Device: device.interface,
});

const merged = (one: wifimanager.AccessPoint, other: wifimanager.AccessPoint): wifimanager.AccessPoint => ({
  ...one,
  Connection: one.Connection || other.Connection,
  Signal: Math.max(one.Signal, other.Signal),
});
