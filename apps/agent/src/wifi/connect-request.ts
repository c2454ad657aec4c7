// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import * as z from 'zod/mini';
import { invalid, quoted } from '@givc/model';
import type { wifimanager } from '@givc/rpc';
import { securities } from './security.js';
import { ssidMax, ssidNames } from './ssid.js';

const text = z.string().check(z.minLength(1), z.maxLength(256), z.regex(/^\P{Cc}*$/u));

/**
 * Not in the contract: the settings in `WifiConnectionRequest.Settings`, a JSON object. The keys are those of
 * nm-settings-dbus(5) for 802.1X, where it has one.
 */
const settings = z.strictObject({
  /** The network does not broadcast its name, so the request has to name its security. */
  hidden: z.optional(z.boolean()),
  /** Replaces the security of the access point; for a hidden network the default follows from the credentials. */
  security: z.optional(z.enum(securities)),
  /** The interface to use, such as `wlan0`, instead of the one with the strongest signal. */
  device: z.optional(z.string().check(z.regex(/^[^\s/\p{Cc}]{1,15}$/u))),
  /** The user of 802.1X, in an enterprise network. */
  identity: z.optional(text),
  /** The identity that is sent before the tunnel is established. */
  anonymousIdentity: z.optional(text),
  /** `peap` by default. */
  eap: z.optional(z.enum(['peap', 'ttls', 'pwd'])),
  /** `mschapv2` by default; `pwd` has none. */
  phase2: z.optional(z.enum(['mschapv2', 'mschap', 'pap', 'chap', 'md5', 'gtc'])),
  /** A file of this machine: the authority of the server's certificate; by default the system's authorities. */
  caCert: z.optional(z.string().check(z.maxLength(1_024), z.regex(/^\/\P{Cc}*$/u))),
  /** The domain that the server's certificate has to be for, or a parent of it. */
  domain: z.optional(z.string().check(z.maxLength(253), z.regex(/^[A-Za-z0-9.-]+$/))),
  /** Sends the password to any server that claims to be the network's. */
  anyServer: z.optional(z.boolean()),
});

export type ConnectSettings = z.output<typeof settings>;

export interface ConnectRequest {
  /** The name as it was sent; `ssidNames` lists the SSIDs that it may mean. */
  readonly name: string;
  readonly password: string | undefined;
  readonly settings: ConnectSettings;
}

const settingsMax = 4_096;

/** Throws INVALID_ARGUMENT that names the field; no message contains the password. */
export function parseConnectRequest({ SSID, Password, Settings }: wifimanager.WifiConnectionRequest): ConnectRequest {
  if (SSID === '') throw invalid('SSID', 'the name of a network is missing');
  if (ssidNames(SSID).length === 0) throw invalid('SSID', `${quoted(SSID)}: expected 1-${ssidMax} bytes, not all zero`);
  const parsed = parseSettings(Settings);
  const { identity } = parsed;
  if (Password !== '') assertPassword(Password, identity !== undefined);
  if (identity !== undefined) assertEnterprise(Password, parsed);
  return { name: SSID, password: Password || undefined, settings: parsed };
}

function parseSettings(json: string): ConnectSettings {
  if (json === '') return {};
  if (json.length > settingsMax) throw invalid('Settings', `it is longer than ${settingsMax} characters`);
  const result = z.safeParse(settings, fromJson(json));
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  if (issue?.code === 'unrecognized_keys') {
    const known = Object.keys(settings.shape).join(', ');
    throw invalid('Settings', `unknown key ${quoted(issue.keys[0]!)}: expected ${known}`);
  }
  throw invalid(['Settings', ...(issue?.path ?? [])].join('.'), issue?.message ?? 'it is not as documented');
}

function fromJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    throw invalid('Settings', 'invalid JSON: expected an object such as {"hidden": true}');
  }
}

/** IEEE 802.11-2020, J.4: a passphrase of 8 to 63 characters, or the key itself. */
function assertPassword(password: string, isEnterprise: boolean): void {
  if (/\p{Cc}/u.test(password)) throw invalid('Password', 'a password has no control characters');
  const length = Buffer.byteLength(password);
  if (isEnterprise) {
    if (length > 256) throw invalid('Password', 'it is longer than 256 bytes');
  } else if (!/^[0-9A-Fa-f]{64}$/.test(password) && (length < 8 || length > 63))
    throw invalid('Password', 'a password of WPA has 8 to 63 characters, or is a key of 64 hexadecimal digits');
}

function assertEnterprise(password: string, { eap, caCert, domain, anyServer }: ConnectSettings): void {
  if (password === '') throw invalid('Password', 'an identity comes with a password');
  if (eap !== 'pwd' && caCert === undefined && domain === undefined && anyServer !== true)
    throw invalid(
      'Settings',
      'the server that may receive the password is not known: set "domain" or "caCert", or "anyServer" for any server',
    );
}
