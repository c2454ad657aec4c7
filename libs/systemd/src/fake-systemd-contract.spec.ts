import { FakeBench } from './contract/fake-bench.fixture.js';
import { describeSystemd } from './contract/systemd-contract.fixture.js';

describeSystemd('the fake systemd', () => Promise.resolve(new FakeBench()));
