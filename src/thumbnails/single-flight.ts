/** Runs one task for all who ask the same at the same time. */
export interface SingleFlight<T> {
  /**
   * Joins the flight of `key`, starting `task` where none is in the air; what is done after a flight has landed starts
   * another. A joiner whose `signal` aborts is rejected with its reason: at once while others fly on; the last one when
   * the task, whose own signal aborts with it, has wound up, so that nothing of it is left when the answer is given.
   */
  join(key: string, signal: AbortSignal, task: (signal: AbortSignal) => Promise<T>): Promise<T>
}

interface Flight<T> {
  readonly result: Promise<T>
  readonly controller: AbortController
  joiners: number
}

/** A {@link SingleFlight} whose keys are its own. */
export function createSingleFlight<T> (): SingleFlight<T> {
  const flights = new Map<string, Flight<T>>()

  function start (key: string, task: (signal: AbortSignal) => Promise<T>): Flight<T> {
    const controller = new AbortController()
    const result = (async () => task(controller.signal))()
    const flight = { result, controller, joiners: 0 }
    flights.set(key, flight)
    const land = () => {
      forget(key, flight)
    }
    // Also keeps the failure of a flight that everybody has left from counting as unhandled.
    result.then(land, land)
    return flight
  }

  function forget (key: string, flight: Flight<T>): void {
    if (flights.get(key) === flight) flights.delete(key)
  }

  async function leave (key: string, flight: Flight<T>, reason: unknown): Promise<void> {
    flight.joiners--
    if (flight.joiners > 0) return
    // Whoever comes now must not join what is being torn down.
    forget(key, flight)
    flight.controller.abort(reason)
    await flight.result.catch(() => undefined)
  }

  return {
    async join (key, signal, task) {
      signal.throwIfAborted()
      const flight = flights.get(key) ?? start(key, task)
      flight.joiners++
      const left = Promise.withResolvers<never>()
      const give = () => {
        void leave(key, flight, signal.reason).then(() => {
          left.reject(signal.reason as Error)
        })
      }
      signal.addEventListener('abort', give, { once: true })
      try {
        return await Promise.race([flight.result, left.promise])
      } finally {
        signal.removeEventListener('abort', give)
        // Who is gone is told so, whatever came of the flight meanwhile.
        signal.throwIfAborted()
      }
    }
  }
}
