/** Runs one task for all callers that request the same thing at the same time. */
export interface SingleFlight<T> {
  /**
   * Joins the flight of `key`, or starts `task` if there is none; a call after a flight has landed starts another one.
   * A caller whose `signal` aborts is rejected with its reason: at once if other callers remain. The last caller is
   * rejected when the task, whose own signal aborts with it, has settled, so that nothing of the task is left by then.
   */
  join(key: string, signal: AbortSignal, task: (signal: AbortSignal) => Promise<T>): Promise<T>
}

interface Flight<T> {
  readonly result: Promise<T>
  readonly controller: AbortController
  callers: number
}

/** Creates a {@link SingleFlight} with keys of its own. */
export function createSingleFlight<T> (): SingleFlight<T> {
  const flights = new Map<string, Flight<T>>()

  function start (key: string, task: (signal: AbortSignal) => Promise<T>): Flight<T> {
    const controller = new AbortController()
    const result = (async () => task(controller.signal))()
    const flight = { result, controller, callers: 0 }
    flights.set(key, flight)
    const land = () => {
      remove(key, flight)
    }
    // Also keeps the failure of a flight that all callers have left from counting as an unhandled rejection.
    result.then(land, land)
    return flight
  }

  function remove (key: string, flight: Flight<T>): void {
    if (flights.get(key) === flight) flights.delete(key)
  }

  async function leave (key: string, flight: Flight<T>, reason: unknown): Promise<void> {
    flight.callers--
    if (flight.callers > 0) return
    // A new caller must not join a flight that is being aborted.
    remove(key, flight)
    flight.controller.abort(reason)
    await flight.result.catch(() => undefined)
  }

  return {
    async join (key, signal, task) {
      signal.throwIfAborted()
      const flight = flights.get(key) ?? start(key, task)
      flight.callers++
      const left = Promise.withResolvers<never>()
      const onAbort = () => {
        void leave(key, flight, signal.reason).then(() => {
          left.reject(signal.reason as Error)
        })
      }
      signal.addEventListener('abort', onAbort, { once: true })
      try {
        return await Promise.race([flight.result, left.promise])
      } finally {
        signal.removeEventListener('abort', onAbort)
        // A caller that has aborted is rejected, even if the flight has landed meanwhile.
        signal.throwIfAborted()
      }
    }
  }
}
