import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import type { Exchange } from './exchange.ts'
import { createTurnWatcher } from './http-turns.ts'

// A proxy that simulates the network to a store in the same region: it delays the first byte of every response, limits
// the throughput of each connection, and records what passes. It does not add the round trips of TCP and TLS. It runs
// in a process of its own, `fork(proxy.ts, [port of the store])`, so that its CPU time counts for no contestant.

const FIRST_BYTE_DELAY_MS = 20
const BYTES_PER_MS = 90_000
/** Shorter pauses are not worth a timer; the unpaid time is carried over. */
const MIN_PAUSE_MS = 4
const SETTLE_MS = 20

const storePort = Number(process.argv[2])
let exchanges: Exchange[] = []

const server = createServer({ noDelay: true }, serveConnection)
server.listen(0, '127.0.0.1', () => {
  process.send?.({ port: (server.address() as AddressInfo).port })
})
process.on('message', () => {
  void sendExchanges()
})
process.on('disconnect', () => process.exit())

/**
 * Sends the exchanges to the parent, which has finished its measurement, after the last bytes have had time to pass.
 */
async function sendExchanges (): Promise<void> {
  await delay(SETTLE_MS)
  process.send?.({ exchanges })
  exchanges = []
}

function serveConnection (client: Socket): void {
  const store = connect({ port: storePort, host: '127.0.0.1', noDelay: true })
  const watcher = createTurnWatcher()
  let exchange: Exchange | undefined
  let paidUntilMs = 0

  client.on('data', (chunk) => {
    const head = watcher.watchClient(chunk)
    if (head !== undefined) {
      exchange = { ...head, startMs: now(), firstByteMs: 0, endMs: 0, bytes: 0 }
      exchanges.push(exchange)
    }
    if (!store.write(chunk)) {
      client.pause()
      store.once('drain', () => client.resume())
    }
  })

  store.on('data', (chunk) => {
    if (!watcher.watchServer(chunk)) return pass(chunk)
    store.pause()
    // The chunk goes back into the stream. An empty stream could end, and close the client's connection, too early.
    store.unshift(chunk)
    setTimeout(() => {
      if (exchange !== undefined) exchange.firstByteMs = now()
      store.resume()
    }, FIRST_BYTE_DELAY_MS)
  })

  function pass (chunk: Buffer): void {
    if (client.destroyed) return
    const nowMs = now()
    if (exchange !== undefined) {
      exchange.bytes += chunk.length
      exchange.endMs = nowMs
    }
    const isFlushed = client.write(chunk)
    paidUntilMs = Math.max(paidUntilMs, nowMs - MIN_PAUSE_MS) + chunk.length / BYTES_PER_MS
    const pauseMs = paidUntilMs - nowMs
    if (isFlushed && pauseMs < MIN_PAUSE_MS) return
    store.pause()
    const wait = () => {
      pauseMs < MIN_PAUSE_MS ? store.resume() : setTimeout(() => store.resume(), pauseMs)
    }
    if (isFlushed) wait()
    else client.once('drain', wait)
  }

  for (const [one, other] of [
    [client, store],
    [store, client]
  ] as const) {
    one.on('error', () => other.destroy())
    one.on('close', () => other.destroySoon())
  }
}

function now (): number {
  return performance.timeOrigin + performance.now()
}
