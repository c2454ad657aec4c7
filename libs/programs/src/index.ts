export { ProgramGroup, type ProgramGroupOptions } from './program-group.js';
export { runProgram, type ProgramOptions, type ProgramResult } from './run-program.js';
