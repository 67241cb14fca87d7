// make-api-request-js, the HTTP core of the Magic Hour SDK, says that it needs Node 22. It runs on Node 20 all the same,
// and the SDK itself asks for nothing, so that is where its users run it, and where it has to be tested.
const hooks = {
  readPackage(manifest) {
    if (manifest.name === 'make-api-request-js') delete manifest.engines;
    return manifest;
  },
};

module.exports = { hooks };
