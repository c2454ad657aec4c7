// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

const outputs = [process.stdout, process.stderr];

/** Sets only these environment variables and captures what is printed, which is not shown, until `restore`. */
function replace(variables: Readonly<Record<string, string>>) {
  const environment = process.env;
  const writes = outputs.map((output) => output.write.bind(output));
  const texts: string[] = [];
  process.env = { ...variables };
  for (const output of outputs) output.write = (text: string | Uint8Array) => texts.push(String(text)) > 0;
  return {
    printed: () => texts.join(''),
    restore: () => {
      process.env = environment;
      for (const [index, output] of outputs.entries()) output.write = writes[index]!;
    },
  };
}

/** Runs something with only these variables; `printed` is what it has printed so far, which is not shown. */
export function withVariables<Value>(
  variables: Readonly<Record<string, string>>,
  run: (printed: () => string) => Value,
): Value {
  const { printed, restore } = replace(variables);
  try {
    return run(printed);
  } finally {
    restore();
  }
}

/** Like `withVariables`, for something asynchronous. */
export async function withVariablesLater<Value>(
  variables: Readonly<Record<string, string>>,
  run: (printed: () => string) => Promise<Value>,
): Promise<Value> {
  const { printed, restore } = replace(variables);
  try {
    return await run(printed);
  } finally {
    restore();
  }
}
