import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import type { Exchange } from './exchange.ts'
import { createTurnWatcher } from './http-turns.ts'

// Runs as a process of its own, so that neither a rival nor the service pays for it: `fork(proxy.ts, [port of the
// store])`. It stands for the way to a store in the same region: it holds the first byte of every response back,
// limits what one connection carries, and writes down what passes. TCP's and TLS's own round trips are not added.

const FIRST_BYTE_DELAY_MS = 20
const BYTES_PER_MS = 90_000
/** Below this a timer is not worth setting; the debt is carried on. */
const MIN_PAUSE_MS = 4
const SETTLE_MS = 20

const storePort = Number(process.argv[2])
let exchanges: Exchange[] = []

const server = createServer({ noDelay: true }, serveConnection)
server.listen(0, '127.0.0.1', () => {
  process.send?.({ port: (server.address() as AddressInfo).port })
})
process.on('message', () => {
  void answerExchanges()
})
process.on('disconnect', () => process.exit())

/** Whoever asks has ended what it measured; the last bytes on their way are given a moment. */
async function answerExchanges (): Promise<void> {
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
    const head = watcher.hearClient(chunk)
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
    if (!watcher.hearServer(chunk)) return pass(chunk)
    store.pause()
    // Back into the stream, which would otherwise be empty and could end, and the client with it, before the time is
    // up.
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
    const isTaken = client.write(chunk)
    paidUntilMs = Math.max(paidUntilMs, nowMs - MIN_PAUSE_MS) + chunk.length / BYTES_PER_MS
    const pauseMs = paidUntilMs - nowMs
    if (isTaken && pauseMs < MIN_PAUSE_MS) return
    store.pause()
    const wait = () => {
      pauseMs < MIN_PAUSE_MS ? store.resume() : setTimeout(() => store.resume(), pauseMs)
    }
    if (isTaken) wait()
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
