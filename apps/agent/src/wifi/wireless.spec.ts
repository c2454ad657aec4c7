// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Variant } from '@givc/dbus';
import { networksOf } from './networks.js';
import { wirelessOf } from './wireless.js';

const root = '/org/freedesktop/NetworkManager';
const nm = 'org.freedesktop.NetworkManager';
const point = (ssid: Buffer | string, strength: number, RsnFlags = 0) => ({
  [`${nm}.AccessPoint`]: {
    Ssid: new Variant('ay', Buffer.from(ssid)),
    Strength: new Variant('y', strength),
    Flags: new Variant('u', RsnFlags ? 1 : 0),
    WpaFlags: new Variant('u', 0),
    RsnFlags: new Variant('u', RsnFlags),
  },
});
const device = (name: string, type: number, points: string[], active = '/', activePoint?: string, state = 30) => ({
  [`${nm}.Device`]: {
    DeviceType: new Variant('u', type),
    State: new Variant('u', state),
    Interface: new Variant('s', name),
    ActiveConnection: new Variant('o', active),
  },
  [`${nm}.Device.Wireless`]: {
    AccessPoints: new Variant('ao', points),
    ...(activePoint ? { ActiveAccessPoint: new Variant('o', activePoint) } : {}),
  },
});
const connection = (State: number, SpecificObject: string) => ({
  [`${nm}.Connection.Active`]: {
    Id: new Variant('s', 'home'),
    State: new Variant('u', State),
    SpecificObject: new Variant('o', SpecificObject),
  },
});
const air = {
  '/ap/1': point('home', 40, 0x100),
  '/ap/2': point('home', 70, 0x100),
  '/ap/3': point('home', 90),
  '/ap/4': point('', 99),
};
const ofWlan0 = (objects: object) => wirelessOf({ ...air, ...objects }).devices[0]!;

describe('the radios of NetworkManager', () => {
  it('include the wireless devices by name, and whether they are on', () => {
    const objects = {
      [root]: { [nm]: { WirelessEnabled: new Variant('b', true), WirelessHardwareEnabled: new Variant('b', false) } },
      '/d/2': device('wlan1', 2, []),
      '/d/1': device('wlan0', 2, ['/ap/1', '/gone']),
      '/d/3': device('eth0', 1, []),
      '/d/4': device('wlan2', 2, [], '/', '/', 10),
    };
    const { isOn, isHardwareOn, devices } = wirelessOf({ ...air, ...objects });
    expect({ isOn, isHardwareOn }).toEqual({ isOn: true, isHardwareOn: false });
    expect(devices.map((one) => one.interface)).toEqual(['wlan0', 'wlan1']);
    expect(devices[0]!.accessPoints[0]).toMatchObject({ name: 'home', strength: 40, security: 'wpa-psk' });
  });

  it('show access points of one name and one security as one network, the strongest first', () => {
    const wlan0 = ofWlan0({ '/d/1': device('wlan0', 2, ['/ap/1', '/ap/2', '/ap/3', '/ap/4']) });
    expect(networksOf(wlan0)).toEqual([
      { Connection: false, SSID: 'home', Signal: 90, Security: 'none', Device: 'wlan0' },
      { Connection: false, SSID: 'home', Signal: 70, Security: 'wpa-psk', Device: 'wlan0' },
    ]);
  });

  it.each([
    ['by the access point of the device', device('wlan0', 2, ['/ap/1', '/ap/2'], '/c', '/ap/1'), connection(2, '/')],
    ['by the object of the connection', device('wlan0', 2, ['/ap/1', '/ap/2'], '/c'), connection(2, '/ap/1')],
  ])('show a network as connected %s, even when it is not the strongest', (_, wlan0, active) => {
    expect(networksOf(ofWlan0({ '/d/1': wlan0, '/c': active }))).toEqual([
      { Connection: true, SSID: 'home', Signal: 70, Security: 'wpa-psk', Device: 'wlan0' },
    ]);
  });

  it('show a network as not connected while the connection is being made', () => {
    const wlan0 = device('wlan0', 2, ['/ap/1'], '/c', '/ap/1');
    const { active, accessPoints } = ofWlan0({ '/d/1': wlan0, '/c': connection(1, '/ap/1') });
    expect(accessPoints[0]!.isActive).toBe(false);
    expect(active).toEqual({ path: '/c', name: 'home' });
  });
});
