// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Properties, type ManagedObjects } from './managed-objects.js';
import { managerPath, nm } from './names.js';
import { securityOf, type Security } from './security.js';
import { ssidText } from './ssid.js';

export interface AccessPoint {
  /** The path of its object in NetworkManager. */
  readonly path: string;
  readonly ssid: Buffer;
  /** The SSID in the form of `ssidText`; empty when it is hidden. */
  readonly name: string;
  /** Percent. */
  readonly strength: number;
  readonly security: Security;
  /** Whether its device is connected to it. */
  readonly isActive: boolean;
}

export interface WirelessDevice {
  readonly path: string;
  /** The name of ip-link(8): `wlan0`. */
  readonly interface: string;
  /** The active connection, established or not. */
  readonly active: { readonly path: string; readonly name: string } | undefined;
  readonly accessPoints: readonly AccessPoint[];
  /** When it last scanned for networks, in milliseconds since the boot of the machine; negative when it never has. */
  readonly lastScanMs: number;
}

export interface Wireless {
  readonly isOn: boolean;
  /** False when the hardware switch is off. */
  readonly isHardwareOn: boolean;
  /** The devices by the names of their interfaces. */
  readonly devices: readonly WirelessDevice[];
}

/** NM_DEVICE_TYPE_WIFI, NM_DEVICE_STATE_UNMANAGED, NM_ACTIVE_CONNECTION_STATE_ACTIVATED */
const [wifi, unmanaged, activated] = [2, 10, 2];

/** The radios that NetworkManager manages, from its objects. */
export function wirelessOf(objects: ManagedObjects): Wireless {
  const manager = new Properties(objects, managerPath, nm.manager);
  const isOurs = (path: string) => {
    const device = new Properties(objects, path, nm.device);
    return device.number('DeviceType') === wifi && device.number('State') !== unmanaged;
  };
  return {
    isOn: manager.boolean('WirelessEnabled'),
    isHardwareOn: manager.boolean('WirelessHardwareEnabled'),
    devices: Object.keys(objects)
      .filter(isOurs)
      .map((path) => deviceOf(objects, path))
      .sort((a, b) => a.interface.localeCompare(b.interface)),
  };
}

function deviceOf(objects: ManagedObjects, path: string): WirelessDevice {
  const device = new Properties(objects, path, nm.device);
  const radio = new Properties(objects, path, nm.wireless);
  const active = device.path('ActiveConnection');
  const connection = new Properties(objects, active ?? '', nm.active);
  const joined =
    connection.number('State') === activated
      ? (radio.path('ActiveAccessPoint') ?? connection.path('SpecificObject'))
      : undefined;
  return {
    path,
    interface: device.text('Interface'),
    active: active === undefined ? undefined : { path: active, name: connection.text('Id') },
    accessPoints: radio.paths('AccessPoints').map((point) => accessPointOf(objects, point, joined)),
    lastScanMs: radio.number('LastScan'),
  };
}

function accessPointOf(objects: ManagedObjects, path: string, joined: string | undefined): AccessPoint {
  const point = new Properties(objects, path, nm.accessPoint);
  const ssid = point.bytes('Ssid');
  return {
    path,
    ssid,
    name: ssidText(ssid),
    strength: Math.min(point.number('Strength'), 100),
    security: securityOf(point.number('Flags'), point.number('WpaFlags'), point.number('RsnFlags')),
    isActive: path === joined,
  };
}
