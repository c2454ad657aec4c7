export { runProgram, type ProgramOptions, type ProgramResult } from './run-program.js';
