import type { BackendDefinition } from '@magic-hour-keys/core/author';

/** What the kit reads of a backend's manifest, whatever its options are. */
export type TestedDefinition = Pick<BackendDefinition<unknown>, 'name' | 'title' | 'schema' | 'capabilities'>;
