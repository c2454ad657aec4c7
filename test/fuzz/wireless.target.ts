// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Variant } from '@givc/dbus';
import { wifimanager } from '@givc/rpc';
import type { ManagedObjects } from '../../apps/agent/src/wifi/managed-objects.js';
import { networkOf, networksOf } from '../../apps/agent/src/wifi/networks.js';
import { securities } from '../../apps/agent/src/wifi/security.js';
import { ssidBytes } from '../../apps/agent/src/wifi/ssid.js';
import { wirelessOf } from '../../apps/agent/src/wifi/wireless.js';
import { requirePlain } from './engine/requirements.js';
import { target } from './engine/target.js';
import { bytesLike, texts } from './engine/texts.js';

const bus = 'org.freedesktop.NetworkManager';
const managerPath = '/org/freedesktop/NetworkManager';
const devicePaths = ['/d/1', '/d/2', '/d/3'];
const pointPaths = ['/ap/1', '/ap/2', '/ap/3', '/ap/4'];
const paths = fc.constantFrom(...devicePaths, ...pointPaths, '/c/1', '/c/2', '/gone', '/', '', '__proto__');

/** A property of the right type, sometimes missing or of another type. */
const property = (signature: string, value: fc.Arbitrary<unknown>): fc.Arbitrary<Variant | undefined> =>
  fc.oneof(
    { weight: 12, arbitrary: value.map((one) => new Variant(signature, one)) },
    { weight: 1, arbitrary: fc.constant(undefined) },
    {
      weight: 1,
      arbitrary: fc
        .constantFrom<unknown>('2', true, [], ['/ap/1', 7, null], {}, null, new Variant('s', 'x'), Buffer.from('ab'))
        .map((one) => new Variant('v', one)),
    },
  );
const uint32 = (...usual: number[]) =>
  property(
    'u',
    fc.oneof({ weight: 5, arbitrary: fc.constantFrom(...usual) }, { weight: 1, arbitrary: fc.nat(2 ** 31 - 1) }),
  );
const text = (...seeds: string[]) => property('s', texts(seeds));
const path = property('o', paths);

const ssid = fc.oneof(
  fc.constantFrom(
    ...['home', 'home', 'home', 'home', 'home', 'home', 'home', 'cafe', '', '\0\0', '\x1b[2J', '\\x41'].map((name) =>
      Buffer.from(name),
    ),
  ),
  bytesLike([Buffer.from('Käse')], ['\xff']).map((bytes) => bytes.subarray(0, 32)),
);
const flags = uint32(0, 0, 0, 0, 0, 0, 0, 1, 0x100, 0x200, 0x400, 0x800, 0x1000, 0x2000);

const point = fc.record({
  [`${bus}.AccessPoint`]: fc.record({
    ...{ Ssid: property('ay', ssid), Strength: property('y', fc.nat(255)) },
    ...{ Flags: flags, WpaFlags: flags, RsnFlags: flags },
  }),
});
const device = fc.record({
  [`${bus}.Device`]: fc.record({
    ...{ DeviceType: uint32(2, 2, 2, 1), State: uint32(30, 100, 100, 10) },
    ...{ Interface: text('wlan0', 'wlan1'), ActiveConnection: property('o', fc.constantFrom('/c/1', '/c/2', '/')) },
  }),
  [`${bus}.Device.Wireless`]: fc.record({
    AccessPoints: property(
      'ao',
      fc.array(fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...pointPaths) }, { weight: 1, arbitrary: paths }), {
        minLength: 1,
        maxLength: 6,
      }),
    ),
    ActiveAccessPoint: path,
    LastScan: property('x', fc.bigInt({ min: -1n, max: 2n ** 63n - 1n })),
  }),
});
const connection = fc.record({
  [`${bus}.Connection.Active`]: fc.record({ Id: text('home'), State: uint32(2, 2, 1), SpecificObject: path }),
});
const isOn = property('b', fc.boolean());
const manager = fc.record({ [bus]: fc.record({ WirelessEnabled: isOn, WirelessHardwareEnabled: isOn }) });

const objectsAt = (all: readonly string[], one: fc.Arbitrary<object>) =>
  fc.dictionary(fc.constantFrom(...all), one, { minKeys: all.length - 1, maxKeys: all.length, noNullPrototype: true });

const managed = fc
  .tuple(
    objectsAt([managerPath], manager),
    objectsAt(devicePaths, device),
    objectsAt(pointPaths, point),
    objectsAt(['/c/1', '/c/2', '/d/3'], connection),
  )
  .map((parts) => Object.assign({}, ...parts) as ManagedObjects);

/** The value of a property, if it exists. */
const valueOf = (objects: ManagedObjects, at: string, name: string, property: string): unknown =>
  Object.hasOwn(objects, at) ? objects[at]?.[name]?.[property]?.value : undefined;

export const wirelessObjects = target({
  ...{
    name: 'wireless-objects',
    parses: 'wirelessOf, networkOf and networksOf of apps/agent: the objects of NetworkManager',
    rejection: 'never',
  },
  input: managed,
  parse: (objects) => {
    const wireless = wirelessOf(objects);
    const networks = wireless.devices.map((one) => ({
      each: one.accessPoints.map((point) => networkOf(one, point)),
      merged: networksOf(one),
    }));
    return { wireless, networks };
  },
  accepted: ({ wireless, networks }, objects) => {
    const { devices } = wireless;
    assert.equal(wireless.isOn, valueOf(objects, managerPath, bus, 'WirelessEnabled') === true);
    assert.equal(wireless.isHardwareOn, valueOf(objects, managerPath, bus, 'WirelessHardwareEnabled') === true);
    const radios = Object.keys(objects).filter((at) => {
      const of = (property: string) => valueOf(objects, at, `${bus}.Device`, property);
      return of('DeviceType') === 2 && of('State') !== 10;
    });
    assert.deepEqual(devices.map((one) => one.path).toSorted(), radios.toSorted());
    for (const [index, one] of devices.entries()) {
      const { each, merged } = networks[index]!;
      requireDevice(one, objects);
      requireNetworks(one, each, merged);
    }
  },
});

type Device = ReturnType<typeof wirelessOf>['devices'][number];

function requireDevice({ path, active, accessPoints }: Device, objects: ManagedObjects): void {
  const isConnected = active !== undefined && valueOf(objects, active.path, `${bus}.Connection.Active`, 'State') === 2;
  for (const point of accessPoints) {
    const listed = valueOf(objects, path, `${bus}.Device.Wireless`, 'AccessPoints');
    assert(Array.isArray(listed) && listed.includes(point.path), `${point.path} is not in range of ${path}`);
    const of = (property: string) => valueOf(objects, point.path, `${bus}.AccessPoint`, property);
    const bytes = Buffer.isBuffer(of('Ssid')) ? (of('Ssid') as Buffer) : Buffer.alloc(0);
    assert.deepEqual(point.ssid, bytes);
    requirePlain(point.name, 'an SSID');
    if (point.name !== '') assert.deepEqual(ssidBytes(point.name), bytes);
    const strength = of('Strength');
    assert.equal(point.strength, typeof strength === 'number' ? Math.min(strength, 100) : 0);
    assert(securities.includes(point.security), point.security);
    if (point.isActive) assert(isConnected, `${path} is connected to ${point.path} without a connection`);
  }
}

function requireNetworks(
  { interface: name, accessPoints }: Device,
  each: readonly wifimanager.AccessPoint[],
  merged: readonly wifimanager.AccessPoint[],
): void {
  for (const [index, { isActive, name: SSID, strength, security }] of accessPoints.entries())
    assert.deepEqual(each[index], { Connection: isActive, SSID, Signal: strength, Security: security, Device: name });
  const keyOf = ({ SSID, Security }: wifimanager.AccessPoint): string => `${Security} ${SSID}`;
  const visible = each.filter(({ SSID }) => SSID !== '');
  assert.deepEqual(merged.map(keyOf).toSorted(), [...new Set(visible.map(keyOf))].toSorted());
  for (const [index, network] of merged.entries()) {
    const same = visible.filter((one) => keyOf(one) === keyOf(network));
    assert.equal(network.Signal, Math.max(...same.map(({ Signal }) => Signal)), 'it is not the strongest');
    assert.equal(
      network.Connection,
      same.some(({ Connection }) => Connection),
    );
    assert(index === 0 || merged[index - 1]!.Signal >= network.Signal, 'a weaker one is first');
    const sent = wifimanager.AccessPoint.encode(network).finish();
    const received = wifimanager.AccessPoint.decode(sent);
    assert.deepEqual({ ...received }, { ...network, Device: Buffer.from(name).toString() });
  }
}
