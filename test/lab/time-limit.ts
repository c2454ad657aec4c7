// Jest has one limit for all projects (testTimeout); tests of the lab have their own.
import { testLimitMs } from './limits.js';

jest.setTimeout(testLimitMs);
