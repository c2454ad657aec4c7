export { parseConfig, parseJson, readJson, type Parsed } from './json-config.js';
export { LiveFiles } from './live-files.js';
export { listMistakes } from './mistakes.js';
export { absent, defaulted, parsed } from './schema.js';
