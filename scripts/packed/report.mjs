/** Prints one line for each check, and counts those that failed. */
export function createReport() {
  let failures = 0;

  async function check(name, inspect) {
    const began = performance.now();
    const seconds = () => `${((performance.now() - began) / 1000).toFixed(1)} s`;
    try {
      const note = await inspect();
      console.log(`ok    ${name}${typeof note === 'string' ? `: ${note}` : ''} (${seconds()})`);
    } catch (error) {
      fail(`${name} (${seconds()})`, error);
    }
  }

  function fail(name, { message, stdout, stderr }) {
    failures++;
    // The message of a command that failed has its stderr already.
    const parts = [message, stdout, message.includes(stderr) ? '' : stderr];
    console.log(`FAIL  ${name}\n${indent(parts.filter(Boolean).join('\n'))}`);
  }

  return {
    check,
    fail,
    /** The same, with what is looked at before the name of each check. */
    of: (what) => ({ check: (name, inspect) => check(`${what}: ${name}`, inspect) }),
    finish() {
      console.log(failures === 0 ? 'packed: everything works' : `packed: ${failures} failed`);
      process.exitCode = failures === 0 ? 0 : 1;
    },
  };
}

function indent(text) {
  return text.trim().replaceAll(/^/gm, '      ');
}
