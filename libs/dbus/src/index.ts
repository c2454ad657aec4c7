// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

export { busAddress, defaultBus, socketOfAddress, type BusName } from './bus-address.js';
export { BusConnection, dbusDaemon, type BusSignal, type MethodCall } from './bus-connection.js';
export { BusError, unavailable } from './bus-errors.js';
export { Variant } from './dbus-next/variant.js';
