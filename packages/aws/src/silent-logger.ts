/**
 * Given to everything of the SDK. Without it, parts of the SDK write to the console: its own default logger counts as
 * none for the login, which then warns there (measured: AWS_PROFILE beside an access key, an expired instance role).
 */
export const SILENT: Readonly<Record<'trace' | 'debug' | 'info' | 'warn' | 'error', () => void>> = {
  trace: doNothing,
  debug: doNothing,
  info: doNothing,
  warn: doNothing,
  error: doNothing,
};

function doNothing(): void {
  // Nothing is written: what went wrong is told by the error.
}
