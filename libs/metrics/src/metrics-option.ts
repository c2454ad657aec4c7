import { InvalidArgumentError, Option } from 'commander';
import { messageOf } from '@givc/model';
import { parseMetricsAddress, type MetricsAddress } from './metrics-address.js';

function argument(value: string): MetricsAddress {
  try {
    return parseMetricsAddress('--metrics', value);
  } catch (error) {
    throw new InvalidArgumentError(messageOf(error));
  }
}

/** The flag and the variable by which every daemon of ours is told to serve metrics; without them it does not. */
export const metricsOption = (): Option =>
  new Option(
    '--metrics <address>',
    'serve Prometheus metrics at 127.0.0.1:PORT, [::1]:PORT or /path/of/a/socket; otherwise none',
  )
    .env('GIVC_METRICS')
    .argParser(argument);
