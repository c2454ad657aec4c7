// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

export { unmarkVariables, withoutMark } from './byte-order-mark.js';
export { parseConfig, parseJson, readJson, type Omission, type Parsed, type Path } from './json-config.js';
export { namedKeys, type Given } from './different-keys.js';
export { ConfigFile, type Differences, type LivePart } from './config-file.js';
export { credentialPath } from './credential-path.js';
export { parseEnvironmentFile } from './environment-file.js';
export { fileSettings, formatSettings, settingFormats, type Setting, type SettingFormat } from './settings.js';
export { LiveFiles, type Reloaded } from './live-files.js';
export { listMistakes } from './list-mistakes.js';
export { namingSource } from './naming-source.js';
export { readText } from './read-text.js';
export { jsonSchemaOf, type JsonSchema } from './json-schema.js';
export { absent, defaulted, described, entries, hasEntries, isUnset, parsed, wholeNumber } from './schema.js';
