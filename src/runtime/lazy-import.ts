/** What `load` gives, loaded when it is first wanted, and once; a failure is not kept. */
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
