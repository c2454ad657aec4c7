// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

/** The files with the settings of the computer. */
export class SettingsConfig {
  /** The file of the locale. */
  readonly localeFile!: string;
  /** The file of the timezone. */
  readonly timezoneFile!: string;
  /** The directory of the known time zones (tzfile(5)). */
  readonly zoneDatabase!: string;
}
