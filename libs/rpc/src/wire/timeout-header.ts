// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

/** The units of the header grpc-timeout, in milliseconds, the smallest first. */
const units = { n: 1e-6, u: 1e-3, m: 1, S: 1_000, M: 60_000, H: 3_600_000 } as const;
type Unit = keyof typeof units;
const most = 99_999_999;

/** The time in a header grpc-timeout, in milliseconds; undefined for what is none. */
export function parseTimeout(header: string): number | undefined {
  const [, digits, unit] = /^([0-9]{1,8})([HMSmun])$/.exec(header) ?? [];
  return digits === undefined ? undefined : Number(digits) * units[unit as Unit];
}

/** The header for a time in milliseconds, rounded up to the unit with which it has eight digits at most. */
export function formatTimeout(ms: number): string {
  const rest = Math.max(ms, 0);
  for (const unit of ['m', 'S', 'M', 'H'] as const) {
    const count = Math.ceil(rest / units[unit]);
    if (count <= most) return `${count}${unit}`;
  }
  return `${most}H`;
}
