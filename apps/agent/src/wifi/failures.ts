// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

/** NMActiveConnectionStateReason. For 0, 1 and 3 the reason of the device is more specific. */
const ofConnection: Readonly<Record<number, string>> = {
  2: 'it was disconnected',
  4: 'NetworkManager has lost the service behind it',
  5: 'the network gives no valid address',
  6: 'the network did not answer in time',
  7: 'a service that it needs did not start in time',
  8: 'a service that it needs did not start',
  11: 'its profile was deleted',
  12: 'another connection that it needs has failed',
  14: 'the device is gone',
};

/** NMDeviceStateReason. */
const ofDevice: Readonly<Record<number, string>> = {
  5: 'the network gives no valid address',
  8: 'the access point has hung up',
  9: 'wpa_supplicant rejects this configuration',
  10: 'wpa_supplicant has failed',
  11: 'the access point did not answer in time',
  15: 'DHCP did not start',
  16: 'DHCP has failed',
  17: 'the network gives no address by DHCP',
  35: 'the firmware of the device is missing',
  36: 'the device is gone',
  38: 'its profile was deleted',
  39: 'it was disconnected',
  53: 'the network is not in range',
  60: 'another connection was begun',
};

/** NO_SECRETS and LOGIN_FAILED of a connection, NO_SECRETS of a device. */
const secretsOfConnection = [9, 10];
const secretsOfDevice = [7];

/** The reason of a failed connection. */
export interface ConnectionFailure {
  /** The password, given or saved, was not accepted. */
  readonly isOfSecrets: boolean;
  readonly reason: string;
}

/** The failure for the last reasons of a connection and of its device. */
export function failureOf(connection: number, device: number): ConnectionFailure {
  const isOfSecrets = secretsOfConnection.includes(connection) || secretsOfDevice.includes(device);
  const reason =
    ofConnection[connection] ??
    ofDevice[device] ??
    `NetworkManager gives up (reason ${connection} of the connection, ${device} of the device)`;
  return { isOfSecrets, reason };
}
