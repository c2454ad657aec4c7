import { randomUUID } from 'node:crypto';
import { GivcError, invalid, messageOf, quoted } from '@givc/model';
import type { ConnectRequest } from './connect-request.js';
import type { NetworkManager } from './network-manager.js';
import { isProfileOf, newProfile, withCredentials, type Profile } from './profile.js';
import { credentialsOf } from './security.js';
import type { Target } from './target.js';

/** A way to connect that leaves no trace when it fails. */
export interface Attempt {
  /** Begins to connect; returns the path of the connection. */
  start(): Promise<string>;
  /** Makes the profiles of NetworkManager what they were before. */
  undo(): Promise<void>;
}

type Saved = readonly [path: string, profile: Profile];

/**
 * By the profile of the network if there is one, with other credentials if some are given, else by a new profile.
 * INVALID_ARGUMENT when credentials are needed, and neither given nor saved.
 */
export async function attemptAt(manager: NetworkManager, target: Target, request: ConnectRequest): Promise<Attempt> {
  const isOfTarget = ([, profile]: Saved) => isProfileOf(profile, target.ssid, target.device.interface);
  const saved = [...(await manager.profiles())].find(isOfTarget);
  if (!saved) return newAttempt(manager, target, request);
  return request.password === undefined
    ? savedAttempt(manager, target, saved)
    : changed(manager, target, request, saved);
}

const savedAttempt = (manager: NetworkManager, { device }: Target, [path]: Saved): Attempt => ({
  start: () => manager.activate(path, device.path),
  undo: () => Promise.resolve(),
});

function newAttempt(manager: NetworkManager, target: Target, request: ConnectRequest): Attempt {
  const { security, device, accessPoint } = target;
  if (request.password === undefined && credentialsOf(security) !== 'nothing')
    throw invalid('Password', `${quoted(request.name)} (${security}) needs one, and none is saved`);
  let made: string | undefined;
  return {
    async start() {
      const profile = newProfile(target, request, randomUUID());
      const begun = manager.addAndActivate(profile, device.path, accessPoint?.path);
      const [path, active] = await hushed(begun, request.password);
      made = path;
      return active;
    },
    async undo() {
      if (made !== undefined) await manager.delete(made);
    },
  };
}

async function changed(
  manager: NetworkManager,
  target: Target,
  request: ConnectRequest,
  [path, profile]: Saved,
): Promise<Attempt> {
  const before = await manager.secretsOf(path, profile);
  return {
    async start() {
      await hushed(manager.update(path, withCredentials(profile, target, request)), request.password);
      return manager.activate(path, target.device.path);
    },
    undo: () => manager.update(path, before),
  };
}

/** What NetworkManager says about a profile that it refuses is passed on, unless it quotes the password. */
async function hushed<T>(work: Promise<T>, password: string | undefined): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (password === undefined || !messageOf(error).includes(password)) throw error;
    throw new GivcError('FAILED_PRECONDITION', 'NetworkManager refuses this profile');
  }
}
