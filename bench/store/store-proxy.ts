import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { Exchange } from './exchange.ts'

/** The slow way to the store. */
export interface SlowWay {
  readonly endpoint: string
  /** All that passed since the last call. */
  takeExchanges(): Promise<Exchange[]>
  close(): void
}

/** Starts the proxy before a store that listens on a port of loopback. */
export async function startSlowWay (storePort: number): Promise<SlowWay> {
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
