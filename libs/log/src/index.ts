export { parseLogFilter, type LogFilter } from './log-filter.js';
export { formatEvent, levels, Log, type Fields, type Level } from './log.js';
