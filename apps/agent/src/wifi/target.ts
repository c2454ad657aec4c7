// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { GivcError, invalid, quoted } from '@givc/model';
import type { ConnectRequest } from './connect-request.js';
import { fits, serves, type SavedProfile } from './saved-profile.js';
import { credentialsOf, type Security } from './security.js';
import { quotedSsid, ssidBytes, ssidNames } from './ssid.js';
import type { AccessPoint, WirelessDevice } from './wireless.js';

/** The result of a request: the device to use, and the network to join. */
export interface ConnectTarget {
  readonly device: WirelessDevice;
  /** Undefined for a hidden network that is not in range. */
  readonly accessPoint: AccessPoint | undefined;
  readonly ssid: Buffer;
  readonly security: Security;
  /** The profile to use, with the credentials of the request if it has some. */
  readonly saved: SavedProfile | undefined;
}

interface VisibleAccessPoint {
  readonly device: WirelessDevice;
  readonly accessPoint: AccessPoint;
}

/**
 * The strongest access point of the network that accepts the credentials of the request, or else the saved ones, and
 * the device that receives it. NOT_FOUND when the network is not in range and not known to be hidden; INVALID_ARGUMENT
 * or FAILED_PRECONDITION when it needs other credentials, so that an open network of the same name is not joined.
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
  const inRange = all.filter(({ accessPoint }) => accessPoint.name === name);
  if (inRange.length === 0) return hiddenTarget(usable, known, request);
  const savedFor = ({ device, accessPoint }: VisibleAccessPoint) =>
    known.find((saved) => serves(saved, device) && (password !== undefined || fits(saved, accessPoint)));
  const isBySaved = password === undefined && settings.security === undefined && known.length > 0;
  const suitable = inRange.filter((one) => (isBySaved ? savedFor(one) : accepts(one.accessPoint.security, request)));
  if (suitable.length === 0) {
    const { security } = strongest(inRange).accessPoint;
    throw isBySaved ? unlikeSaved(security, request) : unsuitable(security, request);
  }
  const best = strongest(suitable);
  const { device, accessPoint } = best;
  return { device, accessPoint, ssid: accessPoint.ssid, security: accessPoint.security, saved: savedFor(best) };
}

const strongest = (inRange: readonly VisibleAccessPoint[]): VisibleAccessPoint =>
  inRange.reduce((best, next) => (next.accessPoint.strength > best.accessPoint.strength ? next : best));

/** Without credentials in the request, those of a saved profile are used. */
function accepts(security: Security, { password, settings }: ConnectRequest): boolean {
  if (settings.security !== undefined && settings.security !== security) return false;
  if (settings.identity !== undefined) return credentialsOf(security) === 'identity';
  return password === undefined || credentialsOf(security) === 'password';
}

/** The likeliest security of a hidden network, by its credentials. */
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
  const given = identity ? 'identity' : password ? 'password' : undefined;
  const isAsSaved = saved !== undefined && (given ?? credentialsOf(saved.security)) === credentialsOf(saved.security);
  const guess = isAsSaved ? saved.security : given ? guesses[given] : 'none';
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
      return invalid('Password', `${network} is an open network and needs none; is it the right network?`);
    case 'password':
      return invalid('Settings.identity', `${network} takes a password alone`);
    case 'identity':
      return offered === 'ieee8021x'
        ? new GivcError('FAILED_PRECONDITION', `${network} uses WEP, which protects nothing: it is not joined`)
        : invalid('Settings.identity', `${network} is an enterprise network: expected the user who logs in`);
  }
}
