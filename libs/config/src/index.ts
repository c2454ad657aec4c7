export { parseConfig, readJson, type Parsed } from './json-config.js';
export { absent, defaulted, parsed } from './schema.js';
