/**
 * Old getters are run because they may give something away, not because anybody wants to use them, so Node's warnings
 * (DEP0066 and the like) would only puzzle the reader of a test's output.
 */
export function withoutDeprecations<Result>(run: () => Result): Result {
  const { noDeprecation } = process;
  process.noDeprecation = true;
  try {
    return run();
  } finally {
    process.noDeprecation = noDeprecation ?? false;
  }
}
