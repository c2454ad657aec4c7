/** NMActiveConnectionStateReason. Of 0, 1 and 3 the device knows more. */
const ofConnection: Readonly<Record<number, string>> = {
  2: 'somebody has disconnected it',
  4: 'NetworkManager has lost the service behind it',
  5: 'the network gives no valid address',
  6: 'the network did not answer in time',
  7: 'a service that it needs did not start in time',
  8: 'a service that it needs did not start',
  11: 'somebody has deleted its profile',
  12: 'another connection that it needs has failed',
  14: 'the device is gone',
};

/** NMDeviceStateReason. */
const ofDevice: Readonly<Record<number, string>> = {
  5: 'the network gives no valid address',
  8: 'the access point has hung up',
  9: 'wpa_supplicant refuses this configuration',
  10: 'wpa_supplicant has failed',
  11: 'the access point did not answer in time',
  15: 'DHCP did not start',
  16: 'DHCP has failed',
  17: 'the network gives no address by DHCP',
  35: 'the firmware of the device is missing',
  36: 'the device is gone',
  38: 'somebody has deleted its profile',
  39: 'somebody has disconnected it',
  53: 'the network is not in range',
  60: 'somebody has begun another connection',
};

/** NO_SECRETS and LOGIN_FAILED of a connection, NO_SECRETS of a device. */
const secretsOfConnection = [9, 10];
const secretsOfDevice = [7];

/** Why a connection did not come about; `secrets`: what was given, or saved, was not accepted. */
export interface ConnectionFailure {
  readonly isOfSecrets: boolean;
  readonly why: string;
}

/** What the reasons of a connection and its device, as they ended, mean. */
export function failureOf(connection: number, device: number): ConnectionFailure {
  const isOfSecrets = secretsOfConnection.includes(connection) || secretsOfDevice.includes(device);
  const why =
    ofConnection[connection] ??
    ofDevice[device] ??
    `NetworkManager gives up (reason ${connection} of the connection, ${device} of the device)`;
  return { isOfSecrets, why };
}
