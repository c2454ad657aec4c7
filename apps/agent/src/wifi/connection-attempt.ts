// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { randomUUID } from 'node:crypto';
import { GivcError, invalid, messageOf } from '@givc/model';
import type { ConnectRequest } from './connect-request.js';
import type { NetworkManager } from './network-manager.js';
import { newProfile, withCredentials } from './profile.js';
import type { SavedProfile } from './saved-profile.js';
import { credentialsOf } from './security.js';
import type { ConnectTarget } from './target.js';
import { quotedSsid } from './ssid.js';

/** An attempt to connect that leaves nothing behind when it fails. */
export interface ConnectionAttempt {
  /** Begins to connect; returns the path of the connection. */
  start(): Promise<string>;
  /** Restores the profiles of NetworkManager. */
  undo(): Promise<void>;
}

/**
 * Uses the profile of the network if there is one, with new credentials if the request has some, otherwise a new
 * profile. INVALID_ARGUMENT when credentials are needed and neither given nor saved.
 */
export async function connectionAttempt(
  manager: NetworkManager,
  target: ConnectTarget,
  request: ConnectRequest,
): Promise<ConnectionAttempt> {
  const { saved } = target;
  if (!saved) return newAttempt(manager, target, request);
  return request.password === undefined
    ? savedAttempt(manager, target, saved)
    : changedAttempt(manager, target, request, saved);
}

const savedAttempt = (manager: NetworkManager, target: ConnectTarget, { path }: SavedProfile): ConnectionAttempt => ({
  start: () => manager.activate(path, target.device.path, target.accessPoint?.path),
  undo: () => Promise.resolve(),
});

function newAttempt(manager: NetworkManager, target: ConnectTarget, request: ConnectRequest): ConnectionAttempt {
  const { security, device, accessPoint } = target;
  if (request.password === undefined && credentialsOf(security) !== 'nothing')
    throw invalid('Password', `${quotedSsid(request.name)} (${security}) needs one, and none is saved`);
  let made: string | undefined;
  return {
    async start() {
      made = await withoutPassword(manager.add(newProfile(target, request, randomUUID())), request.password);
      return manager.activate(made, device.path, accessPoint?.path);
    },
    async undo() {
      if (made !== undefined) await manager.delete(made);
    },
  };
}

async function changedAttempt(
  manager: NetworkManager,
  target: ConnectTarget,
  request: ConnectRequest,
  { path, profile }: SavedProfile,
): Promise<ConnectionAttempt> {
  const before = await manager.secretsOf(path, profile);
  return {
    async start() {
      await withoutPassword(manager.update(path, withCredentials(profile, target, request)), request.password);
      return manager.activate(path, target.device.path, target.accessPoint?.path);
    },
    undo: () => manager.update(path, before),
  };
}

/** Passes on NetworkManager's error for a profile that it rejects, unless it quotes the password. */
async function withoutPassword<T>(work: Promise<T>, password: string | undefined): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (password === undefined || !messageOf(error).includes(password)) throw error;
    throw new GivcError('FAILED_PRECONDITION', 'NetworkManager rejects this profile');
  }
}
