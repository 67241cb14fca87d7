/** Those that a script can be made for. */
export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

/** What the scripts ask for the names behind `--env`. It is no command for people, so it is in no help. */
export const ENVIRONMENTS_COMMAND = 'complete-environments';
