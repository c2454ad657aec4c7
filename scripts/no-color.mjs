// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

// https://no-color.org for jest, whose chalk (4) knows only FORCE_COLOR; Node warns where both are set.
if (process.env.NO_COLOR) {
  delete process.env.NO_COLOR;
  process.env.FORCE_COLOR = '0';
}
