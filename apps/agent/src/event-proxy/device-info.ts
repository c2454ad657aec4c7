// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import {
  assertNumbers,
  parseCapabilities,
  parseDeviceName,
  usbBus,
  type Capabilities,
  type DeviceDescription,
} from '@givc/input';
import { parseId } from '@givc/model';
import type { eventproxy } from '@givc/rpc';

/** A device as its producer registers it; producers of other implementations do not send its capabilities. */
export type RegisteredDevice = Omit<DeviceDescription, 'capabilities'> & { readonly capabilities?: Capabilities };

/**
 * The metadata that connects a registration with its stream. Without it, as in other implementations, a stream belongs
 * to the last device that was registered without it.
 */
export const deviceKey = 'givc-event-device';

/** Empty for a producer of another implementation. */
export function parseDeviceId(metadata: { get(key: string): readonly (string | Buffer)[] }): string {
  return parseId(deviceKey, String(metadata.get(deviceKey)[0] ?? ''));
}

/** Throws INVALID_ARGUMENT for an impossible device. */
export function parseDeviceInfo({ deviceId, vendorId, name, capabilities }: eventproxy.DeviceInfo): RegisteredDevice {
  assertNumbers({ deviceId, vendorId });
  if (capabilities) assertNumbers({ bus: capabilities.bus, version: capabilities.version });
  return {
    name: parseDeviceName('name', name),
    vendor: vendorId,
    product: deviceId,
    bus: capabilities?.bus ?? usbBus,
    version: capabilities?.version ?? 0,
    ...(capabilities && {
      capabilities: parseCapabilities('capabilities', {
        properties: capabilities.properties,
        keys: capabilities.keys,
        relative: capabilities.relative,
        absolute: capabilities.absolute,
        misc: capabilities.misc,
        switches: capabilities.switches,
      }),
    }),
  };
}

const list = <Item>(items: readonly Item[]): Item[] => [...items];

/** The device as a producer registers it. */
export const deviceInfoOf = ({
  name,
  vendor,
  product,
  bus,
  version,
  capabilities: { properties, keys, relative, absolute, misc, switches },
}: DeviceDescription): eventproxy.DeviceInfo => ({
  deviceId: product,
  vendorId: vendor,
  name,
  capabilities: {
    ...{ bus, version },
    properties: list(properties),
    keys: list(keys),
    relative: list(relative),
    absolute: list(absolute),
    misc: list(misc),
    switches: list(switches),
  },
});
