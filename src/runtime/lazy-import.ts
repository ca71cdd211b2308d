/** Returns a function that calls `load` on its first call and then returns the same result; a failure is retried. */
export function lazyImport<T> (load: () => Promise<T>): () => Promise<T> {
  let loaded: Promise<T> | undefined
  return async () => {
    loaded ??= load()
    try {
      return await loaded
    } catch (error) {
      loaded = undefined
      throw error
    }
  }
}
