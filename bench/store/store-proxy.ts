import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { Exchange } from './exchange.ts'

/** A running proxy in front of the store. */
export interface StoreProxy {
  readonly endpoint: string
  /** Returns all exchanges since the last call. */
  takeExchanges(): Promise<Exchange[]>
  close(): void
}

/** Starts `proxy.ts` in front of a store that listens on a loopback port. */
export async function startStoreProxy (storePort: number): Promise<StoreProxy> {
  const child = fork(join(import.meta.dirname, 'proxy.ts'), [String(storePort)], { execArgv: [] })
  const [{ port }] = (await once(child, 'message')) as [{ port: number }]
  return {
    endpoint: `http://127.0.0.1:${port}`,
    async takeExchanges () {
      child.send('take')
      const [{ exchanges }] = (await once(child, 'message')) as [{ exchanges: Exchange[] }]
      return exchanges
    },
    close () {
      child.disconnect()
    }
  }
}
