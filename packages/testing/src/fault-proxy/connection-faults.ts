import type { Fault } from './connection.ts';

/** No fault at all. */
export const passThrough: Fault = ({ client, connectTarget }) => {
  const upstream = connectTarget();
  client.pipe(upstream);
  upstream.pipe(client);
};

export const resetPeer: Fault = ({ client, ms, after, reset }) => {
  client.resume();
  after(ms, reset);
};

export const silent: Fault = ({ client }) => {
  hangUpWith(client);
};

export const halfOpen: Fault = ({ client, end }) => {
  hangUpWith(client);
  end();
};

/** The first that a client says is its part of the handshake. */
export const tlsCut: Fault = ({ client }) => {
  client.once('data', () => client.destroy());
};

/** Takes no notice of what the client says, but of its going. */
export function hangUpWith(client: Parameters<Fault>[0]['client']): void {
  client.resume();
  client.once('end', () => client.destroy());
}
