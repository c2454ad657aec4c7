// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Injectable } from '@nestjs/common';
import { BusError, Variant } from '@givc/dbus';
import type { ManagedObjects } from './managed-objects.js';
import { managerPath, nm, settingsPath } from './names.js';
import { NetworkManagerLink } from './network-manager-link.js';
import { secretSections, type Profile } from './profile.js';
import type { StateWatch } from './state-watch.js';
import { wirelessOf, type Wireless } from './wireless.js';

const properties = 'org.freedesktop.DBus.Properties';
const gone = ['UnknownObject', 'UnknownMethod', 'UnknownInterface'].map((name) => `org.freedesktop.DBus.Error.${name}`);

/** The methods of NetworkManager under their own names: https://networkmanager.dev/docs/api/latest/spec.html */
@Injectable()
export class NetworkManager {
  constructor(private readonly link: NetworkManagerLink) {}

  async wireless(): Promise<Wireless> {
    const [objects] = await this.link.call({
      path: '/org/freedesktop',
      interface: 'org.freedesktop.DBus.ObjectManager',
      member: 'GetManagedObjects',
    });
    return wirelessOf(objects as ManagedObjects);
  }

  async setWirelessEnabled(on: boolean): Promise<void> {
    await this.link.call({
      path: managerPath,
      interface: properties,
      member: 'Set',
      signature: 'ssv',
      body: [nm.manager, 'WirelessEnabled', new Variant('b', on)],
    });
  }

  /** Makes a device scan for networks; the result is known some seconds later. */
  async requestScan(device: string): Promise<void> {
    await this.link.call({
      path: device,
      interface: nm.wireless,
      member: 'RequestScan',
      signature: 'a{sv}',
      body: [{}],
    });
  }

  watch(): Promise<StateWatch> {
    return this.link.watch();
  }

  /**
   * Saves a profile for every device (AddAndActivateConnection would tie it to the first connected one). Returns its
   * path.
   */
  async add(profile: Profile): Promise<string> {
    const call = { path: settingsPath, interface: nm.settings, member: 'AddConnection', signature: 'a{sa{sv}}' };
    return (await this.link.call({ ...call, body: [profile] }))[0] as string;
  }

  /** Begins to connect; returns the path of the connection. */
  async activate(profile: string, device: string, accessPoint = '/'): Promise<string> {
    return (await this.#manager('ActivateConnection', 'ooo', [profile, device, accessPoint]))[0] as string;
  }

  /** It is not an error if the connection has already ended. */
  async deactivate(active: string): Promise<void> {
    try {
      await this.#manager('DeactivateConnection', 'o', [active]);
    } catch (error) {
      if ((await this.activeState(active)) !== undefined) throw error;
    }
  }

  /** NMActiveConnectionState; undefined when the connection has ended. */
  async activeState(active: string): Promise<number | undefined> {
    try {
      const [state] = await this.#property(active, nm.active, 'State');
      return (state as Variant).value as number;
    } catch (error) {
      if (error instanceof BusError && gone.includes(error.errorName)) return undefined;
      throw error;
    }
  }

  /** The profiles of all kinds of networks, without secrets. */
  async profiles(): Promise<ReadonlyMap<string, Profile>> {
    const list = { path: settingsPath, interface: nm.settings, member: 'ListConnections' };
    const [paths] = (await this.link.call(list)) as [string[]];
    const profiles = await Promise.all(paths.map(async (path) => [path, await this.#profile(path)] as const));
    return new Map(profiles);
  }

  /** The profile with its secrets. */
  async secretsOf(path: string, profile: Profile): Promise<Profile> {
    const whole: Record<string, Profile[string]> = { ...profile };
    for (const section of secretSections) {
      if (!profile[section]) continue;
      const [secrets] = await this.#ofProfile(path, 'GetSecrets', 's', [section]);
      whole[section] = { ...profile[section], ...(secrets as Profile)[section] };
    }
    return whole;
  }

  async update(path: string, profile: Profile): Promise<void> {
    await this.#ofProfile(path, 'Update', 'a{sa{sv}}', [profile]);
  }

  async delete(path: string): Promise<void> {
    await this.#ofProfile(path, 'Delete');
  }

  async #profile(path: string): Promise<Profile> {
    return (await this.#ofProfile(path, 'GetSettings'))[0] as Profile;
  }

  #property(path: string, of: string, name: string): Promise<readonly unknown[]> {
    return this.link.call({ path, interface: properties, member: 'Get', signature: 'ss', body: [of, name] });
  }

  #manager(member: string, signature: string, body: unknown[]): Promise<readonly unknown[]> {
    return this.link.call({ path: managerPath, interface: nm.manager, member, signature, body });
  }

  #ofProfile(path: string, member: string, signature?: string, body?: unknown[]): Promise<readonly unknown[]> {
    return this.link.call({ path, interface: nm.profile, member, signature, body });
  }
}
