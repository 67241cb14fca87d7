// One row of one scenario, in a process of its own: no row warms, fills or slows another's heap, code or event loop.
import { scenarioNamed } from './scenarios.mjs';

const [scenarioName, rowName] = process.argv.slice(2);
let unhandledRejections = 0;
process.on('unhandledRejection', () => (unhandledRejections += 1));

const row = scenarioNamed(scenarioName).rows.find(({ name }) => name === rowName);
const result = await row.measure();
process.send({ ...result, unhandledRejections }, () => process.exit(0));
