export { formatEvent, levels, Log, type Fields, type Level } from './log.js';
