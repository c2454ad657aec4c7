// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { status } from '@grpc/grpc-js';
import {
  GivcError,
  instanceOfUnit,
  isAlive,
  messageOf,
  parseUnitName,
  stoppedStatus,
  type UnitName,
  type UnitStatus,
} from '@givc/model';
import type { Systemd } from '@givc/systemd';
import { StatusError } from './old-server.js';

export interface OldApplication {
  readonly name: string;
  readonly command: string;
  readonly args?: readonly string[];
}

const failed = (what: string, why: string): StatusError => new StatusError(status.UNKNOWN, `cannot ${what}: ${why}`);

/** The units of an agent of the original implementation, and its answers about them. */
export class OldUnits {
  constructor(
    private readonly systemd: Systemd,
    private readonly allowed: readonly string[],
    private readonly applications: readonly OldApplication[],
    private readonly handOver: () => Promise<unknown>,
  ) {}

  /** NOT_FOUND is answered for units that the agent may not control; a unit that systemd does not know is stopped. */
  async status(name: string): Promise<UnitStatus> {
    if (!this.#isAllowed(name)) throw new StatusError(status.NOT_FOUND, `error fetching unit status: ${name}`);
    const unit = parseUnitName('unit', name);
    try {
      return await this.systemd.unitStatus(unit);
    } catch (error) {
      if (error instanceof GivcError && error.reason === 'NOT_FOUND')
        return stoppedStatus(unit, { LoadState: 'not-found' });
      throw new StatusError(status.NOT_FOUND, `error fetching unit status: ${name}`);
    }
  }

  /** A running unit is started again: the job is a restart. */
  async start(name: string): Promise<UnitStatus> {
    await this.#try('start unit', name, async (unit) => {
      try {
        if (isAlive(await this.systemd.unitStatus(unit))) await this.systemd.stopUnit(unit);
        await this.systemd.startUnit(unit);
      } catch (error) {
        throw new Error(`failed to (re)start unit ${name}: ${messageOf(error)}`, { cause: error });
      }
    });
    return this.status(name);
  }

  async stop(name: string): Promise<UnitStatus> {
    await this.#try('stop unit', name, (unit) => this.systemd.stopUnit(unit));
    return this.status(name);
  }

  async kill(name: string): Promise<UnitStatus> {
    await this.#try('kill unit', name, (unit) => this.systemd.killUnit(unit));
    return this.status(name);
  }

  async freeze(name: string): Promise<UnitStatus> {
    await this.#try('freeze unit', name, (unit) => this.systemd.freezeUnit(unit));
    return this.status(name);
  }

  async thaw(name: string): Promise<UnitStatus> {
    await this.#try('unfreeze unit', name, (unit) => this.systemd.thawUnit(unit));
    return this.status(name);
  }

  /**
   * If an application with the same command runs already, the new one may hand over to it and end. The answer waits for
   * that, and is then the status of the older one, under its name.
   */
  async startApplication(name: string, args: readonly string[]): Promise<UnitStatus> {
    const cannot = (why: string) => failed('start application', why);
    const instance = instanceOfUnit(name as UnitName);
    const application = this.applications.find((one) => one.name === instance?.application);
    if (!application) throw cannot('application not found in manifest');
    const refused = application.args?.length ? undefined : args[0];
    if (refused !== undefined) throw cannot(`invalid application argument: ${refused}`);
    const running = await this.#runningAs(application);
    const unit = parseUnitName('unit', name);
    let ended: UnitStatus | undefined;
    let end = () => {};
    const untilEnded = new Promise<void>((resolve) => (end = resolve));
    const watch = await this.systemd.watchUnit(unit, (changed) => {
      if (changed.ActiveState === 'active' || changed.ActiveState === 'activating') return;
      ended ??= changed;
      end();
    });
    try {
      const words = application.command.split(' ') as [string, ...string[]];
      const description = `Application service for ${application.name}`;
      const started = await this.systemd
        .startTransientService({ unit, description, command: [...words, ...args] })
        .catch((error: unknown) => {
          throw cannot(`error starting application: ${application.command} (${messageOf(error)})`);
        });
      if (running && !ended) await Promise.race([this.handOver(), untilEnded]);
      if (!ended) return started;
      if (ended.ActiveState === 'failed') throw cannot(`application started but failed: ${name}`);
      return running ?? { ...stoppedStatus(unit, { Description: `Exited application: ${name}` }), LoadState: '' };
    } finally {
      watch.close();
    }
  }

  async #runningAs({ name }: OldApplication): Promise<UnitStatus | undefined> {
    return (await this.systemd.listUnits([`${name}@*.service`])).find(({ ActiveState }) => ActiveState === 'active');
  }

  async #try(what: string, name: string, act: (unit: UnitName) => Promise<unknown>): Promise<void> {
    try {
      if (!this.#isAllowed(name)) throw new Error('unit is not whitelisted');
      await act(parseUnitName('unit', name));
    } catch (error) {
      throw failed(what, messageOf(error));
    }
  }

  #isAllowed(name: string): boolean {
    if (this.allowed.includes(name)) return true;
    const instance = instanceOfUnit(name as UnitName);
    return instance !== undefined && this.applications.some((one) => one.name === instance.application);
  }
}
