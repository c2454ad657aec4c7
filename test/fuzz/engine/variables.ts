// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

const outputs = [process.stdout, process.stderr];

/** Runs something with these variables alone; `printed` is what it has printed so far, which goes nowhere else. */
export function withVariables<Value>(
  variables: Readonly<Record<string, string>>,
  run: (printed: () => string) => Value,
): Value {
  const environment = process.env;
  const writes = outputs.map((output) => output.write.bind(output));
  const texts: string[] = [];
  process.env = { ...variables };
  for (const output of outputs) output.write = (text: string | Uint8Array) => texts.push(String(text)) > 0;
  try {
    return run(() => texts.join(''));
  } finally {
    process.env = environment;
    for (const [index, output] of outputs.entries()) output.write = writes[index]!;
  }
}
