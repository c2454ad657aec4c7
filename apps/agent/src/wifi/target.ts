import { GivcError, invalid, quoted } from '@givc/model';
import type { ConnectRequest } from './connect-request.js';
import { credentialsOf, type Security } from './security.js';
import type { AccessPoint, WirelessDevice } from './wireless.js';

/** What a request means here and now. */
export interface Target {
  readonly device: WirelessDevice;
  /** None of a hidden network that nobody hears. */
  readonly accessPoint: AccessPoint | undefined;
  readonly ssid: Buffer;
  readonly security: Security;
}

interface Heard {
  readonly device: WirelessDevice;
  readonly accessPoint: AccessPoint;
}

/**
 * The strongest access point of the network that takes the credentials of the request, on the device that hears it.
 * NOT_FOUND when nobody hears the network and it is not said to be hidden, INVALID_ARGUMENT when it takes other credentials.
 */
export function targetOf(devices: readonly WirelessDevice[], request: ConnectRequest): Target {
  const { name, settings } = request;
  const usable = devices.filter((device) => settings.device === undefined || device.interface === settings.device);
  if (usable.length === 0)
    throw invalid(
      'Settings.device',
      `no wireless device ${quoted(settings.device!)}: ${devices.map((device) => device.interface).join(', ')} are`,
    );
  const heard = usable.flatMap((device) =>
    device.accessPoints.filter((point) => point.name === name).map((accessPoint): Heard => ({ device, accessPoint })),
  );
  if (heard.length === 0) return hiddenTarget(usable, request);
  const suitable = heard.filter(({ accessPoint }) => takes(accessPoint.security, request));
  if (suitable.length === 0) throw unsuitable(strongest(heard).accessPoint.security, request);
  const { device, accessPoint } = strongest(suitable);
  return { device, accessPoint, ssid: accessPoint.ssid, security: accessPoint.security };
}

const strongest = (heard: readonly Heard[]): Heard =>
  heard.reduce((best, next) => (next.accessPoint.strength > best.accessPoint.strength ? next : best));

/** Without credentials those of a saved profile may do. */
function takes(security: Security, { password, settings }: ConnectRequest): boolean {
  if (settings.security !== undefined && settings.security !== security) return false;
  if (settings.identity !== undefined) return credentialsOf(security) === 'identity';
  return password === undefined || credentialsOf(security) === 'password';
}

function hiddenTarget(devices: readonly WirelessDevice[], { name, password, settings }: ConnectRequest): Target {
  const { hidden, identity, security = identity ? 'wpa-eap' : password ? 'wpa-psk' : 'none' } = settings;
  if (hidden !== true)
    throw new GivcError(
      'NOT_FOUND',
      `no network ${quoted(name)} is in range; one that hides its name needs "hidden" in Settings`,
    );
  const device = devices.find(({ active }) => active === undefined) ?? devices[0]!;
  return { device, accessPoint: undefined, ssid: Buffer.from(name), security };
}

function unsuitable(offered: Security, { name, settings }: ConnectRequest): GivcError {
  const network = quoted(name);
  if (settings.security !== undefined && settings.security !== offered)
    return invalid('Settings.security', `${network} offers ${offered}, not ${settings.security}`);
  switch (credentialsOf(offered)) {
    case 'nothing':
      return invalid('Password', `${network} is open to everybody and takes none; is it the right network?`);
    case 'password':
      return invalid('Settings.identity', `${network} takes a password alone`);
    case 'identity':
      return offered === 'ieee8021x'
        ? new GivcError('FAILED_PRECONDITION', `${network} uses WEP, which protects nothing: it is not joined`)
        : invalid('Settings.identity', `${network} is an enterprise network: who logs in?`);
  }
}
