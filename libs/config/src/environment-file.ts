// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

type State = 'line' | 'comment' | 'name' | 'start' | 'plain' | 'escaped' | 'single' | 'double' | 'double-escaped';

const [white, ends] = [' \t\n\r', '\n\r'];
const validName = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** The variables of a text in the format of EnvironmentFile= (systemd.exec(5)), as systemd reads it. Never throws. */
export function parseEnvironmentFile(text: string): Map<string, string> {
  const variables = new Map<string, string>();
  let state: State = 'line';
  let [name, value] = ['', ''];
  /** The value up to its last character that is not an unquoted space. */
  let length = 0;
  const add = (part: string, isKept = true) => {
    value += part;
    if (isKept) length = value.length;
  };
  const end = () => {
    if (validName.test(name.trim())) variables.set(name.trim(), value.slice(0, length));
    [name, value, length, state] = ['', '', 0, 'line'];
  };
  for (const char of text)
    switch (state) {
      case 'line':
        if (char === '#' || char === ';') state = 'comment';
        else if (!white.includes(char)) [name, state] = [char, 'name'];
        break;
      case 'comment':
        if (ends.includes(char)) state = 'line';
        break;
      case 'name':
        if (ends.includes(char)) [name, state] = ['', 'line'];
        else if (char === '=') state = 'start';
        else name += char;
        break;
      case 'start':
        if (ends.includes(char)) end();
        else if (char === "'") state = 'single';
        else if (char === '"') state = 'double';
        else if (char === '\\') state = 'escaped';
        else if (!white.includes(char)) {
          add(char);
          state = 'plain';
        }
        break;
      case 'plain':
        if (ends.includes(char)) end();
        else if (char === '\\') state = 'escaped';
        else add(char, !white.includes(char));
        break;
      case 'escaped':
        if (!ends.includes(char)) add(char);
        state = 'plain';
        break;
      case 'single':
        if (char === "'") state = 'start';
        else add(char);
        break;
      case 'double':
        if (char === '"') state = 'start';
        else if (char === '\\') state = 'double-escaped';
        else add(char);
        break;
      case 'double-escaped':
        if (char !== '\n') add('"\\`$'.includes(char) ? char : `\\${char}`);
        state = 'double';
        break;
    }
  if (state !== 'line' && state !== 'comment' && state !== 'name') end();
  return variables;
}
