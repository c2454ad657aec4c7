// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import dbus from 'dbus-next';
import { Variant } from '@givc/dbus';
import type { TestBus } from './test-bus.js';

const nm = 'org.freedesktop.NetworkManager';
const root = '/org/freedesktop/NetworkManager';
const device = `${root}/Devices/1`;
const secretKeys = ['psk', 'password'];

type Section = Record<string, Variant>;
type Profile = Record<string, Section>;

const text = (value: string) => new Variant('s', value);
const number = (value: number) => new Variant('u', value);

/**
 * A NetworkManager on a bus, as far as connecting needs it. It has one radio (`wlan0`), which receives open networks
 * and the network `home`, whose password is `correct horse`.
 */
export class FakeNetworkManager {
  /** The saved profiles, by path. */
  readonly profiles = new Map<string, Profile>();
  /** The SSIDs of open networks that are in range, in addition to `home`. */
  open: readonly Buffer[] = [];
  /** The error with which it rejects the next profile. */
  refusal: string | undefined;
  readonly #active = new Map<string, number>();
  #count = 0;

  private constructor(private readonly bus: dbus.MessageBus) {}

  static async start({ address }: TestBus): Promise<FakeNetworkManager> {
    const bus = dbus.sessionBus({ busAddress: address });
    const fake = new FakeNetworkManager(bus);
    bus.addMethodHandler((message: dbus.Message) => fake.#answer(message));
    await bus.requestName(nm, 0);
    return fake;
  }

  stop(): void {
    this.bus.disconnect();
  }

  /** Saves a profile for `home` with this password. */
  save(psk: string): string {
    const path = `${root}/Settings/${++this.#count}`;
    this.profiles.set(path, {
      connection: { id: text('home'), uuid: text('u'), type: text('802-11-wireless') },
      '802-11-wireless': { ssid: new Variant('ay', Buffer.from('home')) },
      '802-11-wireless-security': { 'key-mgmt': text('wpa-psk'), psk: text(psk) },
    });
    return path;
  }

  /** Whether a method call is answered: always. */
  #answer(message: dbus.Message): true {
    try {
      const [signature, ...body] = this.#handle(message);
      this.bus.send(dbus.Message.newMethodReturn(message, signature, body));
    } catch (error) {
      const { name, message: problem } = error as Error;
      // The types of dbus-next declare a text where it accepts the message.
      this.bus.send(dbus.Message.newError(message as never, name, problem));
    }
    return true;
  }

  /** The signature and the values of the answer. */
  #handle({
    path,
    member,
    body,
  }: {
    readonly path: string;
    readonly member: string;
    readonly body: unknown[];
  }): [string?, ...unknown[]] {
    switch (member) {
      case 'GetManagedObjects':
        return ['a{oa{sa{sv}}}', this.#objects()];
      case 'ListConnections':
        return ['ao', [...this.profiles.keys()]];
      case 'GetSettings':
        return ['a{sa{sv}}', this.#part(path, (key) => !secretKeys.includes(key))];
      case 'GetSecrets':
        return ['a{sa{sv}}', this.#part(path, (key) => secretKeys.includes(key))];
      case 'AddConnection':
        return ['o', this.#keep(`${root}/Settings/${++this.#count}`, body[0] as Profile)];
      case 'Update':
        this.#keep(path, body[0] as Profile);
        return [];
      case 'Delete':
        this.profiles.delete(path);
        return [];
      case 'ActivateConnection':
        return ['o', this.#activate(body[0] as string)];
      case 'Get':
        if (!this.#active.has(path))
          throw Object.assign(new Error(path), { name: 'org.freedesktop.DBus.Error.UnknownObject' });
        return ['v', number(this.#active.get(path)!)];
      default:
        throw Object.assign(new Error(String(member)), { name: 'org.freedesktop.DBus.Error.UnknownMethod' });
    }
  }

  #objects() {
    const point = (ssid: Buffer, flags: number) => ({
      [`${nm}.AccessPoint`]: { Ssid: new Variant('ay', ssid), Strength: new Variant('y', 70), RsnFlags: number(flags) },
    });
    const points = [point(Buffer.from('home'), 0x100), ...this.open.map((ssid) => point(ssid, 0))];
    const byPath = Object.fromEntries(points.map((one, index) => [`${root}/AccessPoint/${index + 1}`, one]));
    return {
      [root]: { [nm]: { WirelessEnabled: new Variant('b', true), WirelessHardwareEnabled: new Variant('b', true) } },
      [device]: {
        [`${nm}.Device`]: { DeviceType: number(2), State: number(30), Interface: text('wlan0') },
        [`${nm}.Device.Wireless`]: { AccessPoints: new Variant('ao', Object.keys(byPath)) },
      },
      ...byPath,
    };
  }

  #part(path: string, isWanted: (key: string) => boolean): Profile {
    const sections = Object.entries(this.profiles.get(path)!);
    const part = (values: Section) => Object.fromEntries(Object.entries(values).filter(([key]) => isWanted(key)));
    return Object.fromEntries(sections.map(([name, values]) => [name, part(values)]));
  }

  #keep(path: string, profile: Profile): string {
    const refusal = this.refusal;
    this.refusal = undefined;
    if (refusal !== undefined)
      throw Object.assign(new Error(refusal), { name: `${nm}.Settings.Connection.InvalidProperty` });
    this.profiles.set(path, profile);
    return path;
  }

  /** The outcome of the activation is a signal after the answer. */
  #activate(profile: string): string {
    const active = `${root}/ActiveConnection/${++this.#count}`;
    const security = this.profiles.get(profile)?.['802-11-wireless-security'];
    const isRight = security === undefined || security['psk']?.value === 'correct horse';
    this.#active.set(active, 1);
    setImmediate(() => {
      if (isRight) {
        this.#active.set(active, 2);
        return this.#signal(active, 'Connection.Active', [2, 1]);
      }
      this.#active.delete(active);
      this.#signal(device, 'Device', [120, 60, 7]);
      this.#signal(active, 'Connection.Active', [4, 3]);
    });
    return active;
  }

  #signal(path: string, of: string, body: readonly number[]): void {
    const signature = 'u'.repeat(body.length);
    this.bus.send(dbus.Message.newSignal(path, `${nm}.${of}`, 'StateChanged', signature, [...body]));
  }
}
