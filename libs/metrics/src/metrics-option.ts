// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Option } from 'commander';
import { parseMetricsAddress } from './metrics-address.js';

/** The flag and the variable with which every daemon serves metrics; by default none are served. */
export const metricsOption = (): Option =>
  new Option(
    '--metrics <address>',
    'serve Prometheus metrics at 127.0.0.1:PORT, [::1]:PORT or /path/of/a/socket; otherwise none',
  )
    .env('GIVC_METRICS')
    .argParser((value) => parseMetricsAddress('--metrics (GIVC_METRICS)', value));
