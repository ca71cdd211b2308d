// Loaded into the service under the soak: collects garbage on SIGUSR2, so that samples of memory do not depend on when
// the collector ran last. Needs --expose-gc.
process.on('SIGUSR2', () => {
  globalThis.gc?.()
})
