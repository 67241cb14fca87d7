// The stand-in of Google Secret Manager in a process of its own, on Node: the HTTP/2 server of Bun resets its streams.
// Ends with its standard input.
import { startFakeGcp } from '@magic-hour-keys/testing/fakes/gcp';

const { SECRET, STORED_KEY } = process.env;
const gcp = await startFakeGcp();
gcp.secrets.put(SECRET, STORED_KEY);
console.log(JSON.stringify({ origin: gcp.origin, account: gcp.createServiceAccountKey() }));
process.stdin.resume().once('end', () => void gcp.close());
