// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

/** Which files the settings of the computer are in. */
export class SettingsConfig {
  /** Where the locale is kept. */
  readonly localeFile!: string;
  /** Where the timezone is kept. */
  readonly timezoneFile!: string;
  /** The directory of the known time zones (tzfile(5)). */
  readonly zoneDatabase!: string;
}
