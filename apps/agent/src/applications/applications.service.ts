// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Injectable, type OnModuleInit } from '@nestjs/common';
import { GivcError, instanceOfUnit, invalid, isAlive, quoted, type UnitName, type UnitStatus } from '@givc/model';
import { Systemd, type TransientService } from '@givc/systemd';
import { AgentSettings } from '../config/agent-settings.js';
import { RegistrationService } from '../registration/registration.service.js';
import { TrackedUnits } from '../registration/tracked-units.js';
import { applicationEnvironment, type Environment } from './application-environment.js';
import { ApplicationsConfig, type ApplicationConfig } from './applications.config.js';
import { checkArguments, type CheckedArguments } from './arguments.js';

/** Starts the applications that the configuration declares, each instance as a transient unit. */
@Injectable()
export class ApplicationsService implements OnModuleInit {
  #inherited: Promise<Environment> | undefined;

  constructor(
    private readonly config: ApplicationsConfig,
    private readonly settings: AgentSettings,
    private readonly systemd: Systemd,
    private readonly tracked: TrackedUnits,
    private readonly registration: RegistrationService,
  ) {}

  onModuleInit(): void {
    this.#managerEnvironment().catch(() => undefined);
  }

  /**
   * Resolves once the program runs and the admin has acknowledged that. INVALID_ARGUMENT when the unit is not an
   * instance or an argument is of no declared kind, PERMISSION_DENIED when the application is not declared,
   * ALREADY_EXISTS when the instance runs. FAILED_PRECONDITION when a file among the arguments was replaced during the
   * start: the program is then killed.
   */
  async start(unit: UnitName, args: readonly string[]): Promise<UnitStatus> {
    const application = this.#configOf(unit);
    const environment = applicationEnvironment(process.env, await this.#managerEnvironment());
    const checked = await checkArguments(application, args);
    const command = [...application.command, ...checked.values] as const;
    const service = { unit, description: application.name, command, environment };
    try {
      const status = await this.#run(service, checked).finally(() => checked.close());
      await this.registration.flush();
      this.#forgetEnded(unit);
      return status;
    } catch (error) {
      // An instance that runs, or may run because systemd was unreachable, is tracked until it ends.
      const isUnknown = error instanceof GivcError && error.reason === 'UNAVAILABLE';
      if (!isUnknown) this.#forgetEnded(unit);
      throw error;
    }
  }

  /** A program that hands over to another one and ends may never be seen running. */
  #forgetEnded(unit: UnitName): void {
    if (!isAlive(this.tracked.lastStatusOf(unit))) this.tracked.untrack(unit);
  }

  /** The manager's environment at the start of this agent, or at the first time afterwards that systemd answered. */
  #managerEnvironment(): Promise<Environment> {
    const read = (this.#inherited ??= this.systemd.managerEnvironment());
    read.catch(() => (this.#inherited = undefined));
    return read;
  }

  async #run(service: TransientService, checked: CheckedArguments): Promise<UnitStatus> {
    const { unit } = service;
    // The unit is tracked before the start, so that a program that ends at once is also reported.
    await this.tracked.track(unit, this.settings.type.vm, 'App');
    // A start goes on when its caller hangs up, so it is awaited to its end and verified.
    const status = await this.systemd.startTransientService(service);
    try {
      await checked.assertUnmoved();
      return status;
    } catch (error) {
      await this.#kill(unit);
      await this.registration.flush();
      throw error;
    }
  }

  /** Kills the unit; it is not an error if the unit has already ended. */
  async #kill(unit: UnitName): Promise<void> {
    try {
      await this.systemd.killUnit(unit);
    } catch (error) {
      const hasEnded =
        error instanceof GivcError && (error.reason === 'FAILED_PRECONDITION' || error.reason === 'NOT_FOUND');
      if (!hasEnded) throw error;
    }
  }

  #configOf(unit: UnitName): ApplicationConfig {
    const instance = instanceOfUnit(unit);
    if (!instance)
      throw invalid('UnitName', `invalid instance ${quoted(unit)}: expected one such as "chromium@0.service"`);
    const application = this.config.applications.find(({ name }) => name === instance.application);
    if (!application)
      throw new GivcError(
        'PERMISSION_DENIED',
        `application "${instance.application}" is not in this agent's allowlist (capabilities.applications)`,
      );
    return application;
  }
}
