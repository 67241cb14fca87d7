// Runs on the built packages (`npm run bench` builds them first). Prints ratios and exits 0 whatever they are: a
// benchmark informs, it does not gate, because a busy machine must not turn a good change red.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { benchHotPath } from './hot-path.mjs';
import { benchLoopbackFetch } from './loopback-fetch.mjs';
import { benchStubbedFetch } from './stubbed-fetch.mjs';

setFlagsFromString('--expose-gc');
globalThis.gc = runInNewContext('gc');

const rows = [...(await benchHotPath()), ...(await benchStubbedFetch())];
console.log(`Node ${process.versions.node}, median of ${rows[0].pairs} paired runs`);
console.table(
  rows.map(({ name, against, ratio, limit, addedNs, limitNs, ours, floor }) => ({
    operation: name,
    against,
    ratio: ratio.toFixed(2),
    'ns/op': ours.ns.toFixed(0),
    'floor ns/op': floor.ns.toFixed(0),
    'bytes/op': ours.bytes,
    'floor bytes/op': floor.bytes,
    wanted: limit ? `ratio ≤ ${limit}` : `+${addedNs.toFixed(0)} ns, ≤ ${limitNs} ns`,
    reached: (limit ? ratio <= limit : addedNs <= limitNs) ? 'yes' : 'NO',
  })),
);

const { ratio, ours, floor, pairs } = await benchLoopbackFetch();
console.log(`createFetch over loopback against a constant header, median of ${pairs} paired runs`);
console.table([
  {
    'throughput ratio': ratio.toFixed(3),
    'requests/s': ours.perSecond.toFixed(0),
    'floor requests/s': floor.perSecond.toFixed(0),
    'p99 ms': ours.p99Ms.toFixed(2),
    'floor p99 ms': floor.p99Ms.toFixed(2),
    wanted: 'ratio ≥ 0.95',
    reached: ratio >= 0.95 ? 'yes' : 'NO',
  },
]);
