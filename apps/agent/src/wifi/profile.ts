// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Variant } from '@givc/dbus';
import type { ConnectRequest } from './connect-request.js';
import { credentialsOf, type Security } from './security.js';

/** A profile in the format of NetworkManager (nm-settings-dbus(5)), a{sa{sv}}. */
export type Profile = Readonly<Record<string, Readonly<Record<string, Variant>>>>;

const wireless = '802-11-wireless';
/** The credentials and the network that a profile is made from. */
interface Network {
  readonly ssid: Buffer;
  readonly security: Security;
}

export const secretSections = ['802-11-wireless-security', '802-1x'] as const;

const text = (value: string) => new Variant('s', value);
const hiding = ({ settings }: ConnectRequest): Record<string, Variant> =>
  settings.hidden ? { hidden: new Variant('b', true) } : {};

const without = <Value>(record: Readonly<Record<string, Value>>, ...keys: string[]): Record<string, Value> =>
  Object.fromEntries(Object.entries(record).filter(([key]) => !keys.includes(key)));

/** A profile for a network that has no profile yet. */
export const newProfile = (network: Network, request: ConnectRequest, uuid: string): Profile => ({
  connection: { id: text(request.name), uuid: text(uuid), type: text(wireless) },
  [wireless]: {
    ssid: new Variant('ay', network.ssid),
    mode: text('infrastructure'),
    ...hiding(request),
  },
  ...credentialSections(network, request),
});

/** A profile with other credentials; all other settings stay. */
export function withCredentials(profile: Profile, network: Network, request: ConnectRequest): Profile {
  // The section of the radio has a deprecated reference to the section of security.
  const kept = without(profile, ...secretSections);
  const radio = without(profile[wireless] ?? {}, 'security');
  return { ...kept, [wireless]: { ...radio, ...hiding(request) }, ...credentialSections(network, request) };
}

function credentialSections({ security }: Network, { password, settings }: ConnectRequest): Profile {
  if (security === 'none') return {};
  const keyManagement = { 'key-mgmt': text(security) };
  switch (credentialsOf(security)) {
    case 'nothing':
      return { '802-11-wireless-security': keyManagement };
    case 'password':
      return { '802-11-wireless-security': { ...keyManagement, psk: text(password ?? '') } };
    case 'identity':
      return { '802-11-wireless-security': keyManagement, '802-1x': enterprise(password ?? '', settings) };
  }
}

function enterprise(password: string, settings: ConnectRequest['settings']): Profile[string] {
  const { identity = '', anonymousIdentity, eap = 'peap', phase2 = 'mschapv2', caCert, domain } = settings;
  const login = { eap: new Variant('as', [eap]), identity: text(identity), password: text(password) };
  if (eap === 'pwd') return login;
  return {
    ...login,
    'phase2-auth': text(phase2),
    ...(anonymousIdentity ? { 'anonymous-identity': text(anonymousIdentity) } : {}),
    ...(domain ? { 'domain-suffix-match': text(domain), 'system-ca-certs': new Variant('b', !caCert) } : {}),
    // A path is sent as a URI that ends with NUL.
    ...(caCert ? { 'ca-cert': new Variant('ay', Buffer.from(`file://${caCert}\0`)) } : {}),
  };
}
