for (const entry of process.argv.slice(2)) {
  if (Object.keys(require(entry)).length === 0) throw new Error(`${entry} exports nothing`);
}
