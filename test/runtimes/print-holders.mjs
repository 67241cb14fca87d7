// Prints one holder of the key in PRINTED_KEY, or all of them, on the console, or ends by throwing it.
//   print-holders.mjs <console|throw|reject> <name|all>
import { createHolders, openSecret } from './holders.mjs';

const [, , way, name] = process.argv;
const { PRINTED_KEY: key } = process.env;
// The crash of some runtimes prints the environment.
delete process.env.PRINTED_KEY;
const { holders } = await createHolders(key);
const chosen =
  name === 'openSecret' ? [openSecret(key)] : name === 'all' ? Object.values(holders) : [holders[name]];

/** Every method of the console that shows a value, in every place of it. */
function print(value) {
  console.log(value);
  console.log({ value }, [value]);
  console.error('failed:', value);
  console.log('%s %o %O %j %d', value, value, value, value, value);
  console.table([value]);
  console.table({ row: value });
  console.dir(value, { depth: Infinity, showHidden: true });
  console.trace(value);
  console.group(value);
  console.groupEnd();
  console.assert(false, value);
  try {
    console.log(`${value}`, JSON.stringify(value));
  } catch (error) {
    console.log(error);
  }
}

if (way === 'throw') throw chosen[0];
if (way === 'reject') void Promise.reject(chosen[0]);
else for (const value of chosen) print(value);
