export const HEALTHY = 0;
/** Connections are reset. */
export const DOWN = 1;
/** Connections are accepted, requests are read, and nothing is ever answered. */
export const SILENT = 2;

/** The cells of the memory that a store and its user share. */
export const MODE = 0;
export const CALLS = 1;
