// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { describeInputDevices } from './contract/input-devices-contract.fixture.js';
import { FakeInputDevices } from './fake-input-devices.js';

describeInputDevices('the fake input devices', () => {
  const devices = new FakeInputDevices();
  return { devices, plug: (description) => devices.plug(description), close: () => undefined };
});
