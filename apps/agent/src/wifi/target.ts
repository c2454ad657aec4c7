import { GivcError, invalid, quoted } from '@givc/model';
import type { ConnectRequest } from './connect-request.js';
import { fits, serves, type SavedProfile } from './saved-profile.js';
import { credentialsOf, type Security } from './security.js';
import { quotedSsid, ssidBytes, ssidNames } from './ssid.js';
import type { AccessPoint, WirelessDevice } from './wireless.js';

/** What a request means here and now. */
export interface ConnectTarget {
  readonly device: WirelessDevice;
  /** None of a hidden network that nobody hears. */
  readonly accessPoint: AccessPoint | undefined;
  readonly ssid: Buffer;
  readonly security: Security;
  /** To be used, with other credentials if the request has some. */
  readonly saved: SavedProfile | undefined;
}

interface VisibleAccessPoint {
  readonly device: WirelessDevice;
  readonly accessPoint: AccessPoint;
}

/**
 * The strongest access point of the network that takes the credentials of the request, or else those that are saved, on
 * the device that hears it. NOT_FOUND when nobody hears the network and it is not known to be hidden; INVALID_ARGUMENT
 * or FAILED_PRECONDITION when it takes other credentials, so that nobody is led to an open network of the same name.
 */
export function selectTarget(
  devices: readonly WirelessDevice[],
  profiles: readonly SavedProfile[],
  request: ConnectRequest,
): ConnectTarget {
  const { password, settings } = request;
  const usable = devices.filter((device) => settings.device === undefined || device.interface === settings.device);
  if (usable.length === 0)
    throw invalid(
      'Settings.device',
      `no wireless device ${quoted(settings.device!)}: ${devices.map((device) => device.interface).join(', ')} are`,
    );
  const all = usable.flatMap((device) =>
    device.accessPoints.map((accessPoint): VisibleAccessPoint => ({ device, accessPoint })),
  );
  const name = ssidNames(request.name).find(
    (one) => all.some(({ accessPoint }) => accessPoint.name === one) || profiles.some((saved) => saved.name === one),
  );
  const known = profiles.filter((profile) => profile.name === name);
  const heard = all.filter(({ accessPoint }) => accessPoint.name === name);
  if (heard.length === 0) return hiddenTarget(usable, known, request);
  const savedFor = ({ device, accessPoint }: VisibleAccessPoint) =>
    known.find((saved) => serves(saved, device) && (password !== undefined || fits(saved, accessPoint)));
  const isBySaved = password === undefined && settings.security === undefined && known.length > 0;
  const suitable = heard.filter((one) => (isBySaved ? savedFor(one) : takes(one.accessPoint.security, request)));
  if (suitable.length === 0) {
    const { security } = strongest(heard).accessPoint;
    throw isBySaved ? unlikeSaved(security, request) : unsuitable(security, request);
  }
  const best = strongest(suitable);
  const { device, accessPoint } = best;
  return { device, accessPoint, ssid: accessPoint.ssid, security: accessPoint.security, saved: savedFor(best) };
}

const strongest = (heard: readonly VisibleAccessPoint[]): VisibleAccessPoint =>
  heard.reduce((best, next) => (next.accessPoint.strength > best.accessPoint.strength ? next : best));

/** Without credentials those of a saved profile may do. */
function takes(security: Security, { password, settings }: ConnectRequest): boolean {
  if (settings.security !== undefined && settings.security !== security) return false;
  if (settings.identity !== undefined) return credentialsOf(security) === 'identity';
  return password === undefined || credentialsOf(security) === 'password';
}

/** What a hidden network most likely is, by what it takes. */
const guesses = { identity: 'wpa-eap', password: 'wpa-psk' } as const;

function hiddenTarget(
  devices: readonly WirelessDevice[],
  known: readonly SavedProfile[],
  { name, password, settings }: ConnectRequest,
): ConnectTarget {
  const { hidden = known.some(({ isHidden }) => isHidden), identity } = settings;
  if (!hidden)
    throw new GivcError(
      'NOT_FOUND',
      `no network ${quotedSsid(name)} is in range; one that hides its name needs "hidden" in Settings`,
    );
  const free = [...devices].sort((a, b) => Number(a.active !== undefined) - Number(b.active !== undefined));
  const device = free.find((one) => known.some((saved) => serves(saved, one))) ?? free[0]!;
  const saved = known.find((one) => serves(one, device));
  const taken = identity ? 'identity' : password ? 'password' : undefined;
  const isAsSaved = saved !== undefined && (taken ?? credentialsOf(saved.security)) === credentialsOf(saved.security);
  const guess = isAsSaved ? saved.security : taken ? guesses[taken] : 'none';
  return {
    device,
    accessPoint: undefined,
    ssid: saved?.ssid ?? ssidBytes(ssidNames(name)[0]!),
    security: settings.security ?? guess,
    saved,
  };
}

const unlikeSaved = (offered: Security, { name }: ConnectRequest): GivcError =>
  new GivcError(
    'FAILED_PRECONDITION',
    `${quotedSsid(name)} is saved, but not as it is in range here (${offered}); is it the right network?`,
  );

function unsuitable(offered: Security, { name, settings }: ConnectRequest): GivcError {
  const network = quotedSsid(name);
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
