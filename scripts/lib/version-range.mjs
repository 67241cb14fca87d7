// Ranges as the packages here write them: `^3.709.0`, or `^1.2.0 || ^2.0.1`, from the lowest upwards.

/** @throws Error for a range of another form */
export function lowestVersion(range) {
  return boundsOf(range)[0].join('.');
}

/** @throws Error for a range of another form */
export function isAccepted(range, version) {
  const wanted = version.split('.').map(Number);
  return boundsOf(range).some((bound) => {
    // A caret holds the first number that is not 0.
    const held = bound.findIndex((part) => part !== 0);
    const at = bound.findIndex((part, index) => part !== wanted[index]);
    return at === -1 || (at > held && wanted[at] > bound[at]);
  });
}

function boundsOf(range) {
  return range.split('||').map((part) => {
    const found = /^\^(\d+)\.(\d+)\.(\d+)$/.exec(part.trim());
    if (!found) throw new Error(`this is not how ranges are written here: ${range}`);
    return found.slice(1).map(Number);
  });
}
