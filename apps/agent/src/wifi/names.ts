// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

export const busName = 'org.freedesktop.NetworkManager';
export const managerPath = '/org/freedesktop/NetworkManager';
export const settingsPath = `${managerPath}/Settings`;

/** Interfaces of https://networkmanager.dev/docs/api/latest/spec.html */
export const nm = {
  manager: busName,
  settings: `${busName}.Settings`,
  profile: `${busName}.Settings.Connection`,
  device: `${busName}.Device`,
  wireless: `${busName}.Device.Wireless`,
  accessPoint: `${busName}.AccessPoint`,
  active: `${busName}.Connection.Active`,
} as const;
