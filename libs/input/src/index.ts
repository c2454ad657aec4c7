// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

export {
  absoluteCodes,
  eventTypes,
  pressed,
  relativeCodes,
  released,
  repeated,
  synMtReport,
  synReport,
  usbBus,
} from './event-codes.js';
export { allowedPart, classesOf, classOfEvent, eventClasses, type EventClass } from './event-class.js';
export { noCapabilities, type AbsoluteAxis, type Capabilities, type DeviceDescription } from './description.js';
export { FakeInputDevices, report, type FakeDevice } from './fake-input-devices.js';
export { InputDevices, type InputDevice, type VirtualDevice } from './input-devices.js';
export type { InputEvent } from './input-event.js';
export { KernelInputDevices } from './kernel-input-devices.js';
export { assertNumbers, parseCapabilities, parseDeviceName, sameDescription } from './parse-description.js';
export { typicalCapabilities } from './typical-devices.js';
