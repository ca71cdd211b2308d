/** The first line and the range of a request. */
export interface RequestHead {
  readonly method: string
  readonly path: string
  /** First and last byte requested; null without a range or with an open one. */
  readonly range: readonly [first: number, last: number] | null
}

/** Finds where requests and responses begin in the bytes of a keep-alive HTTP/1.1 connection without pipelining. */
export interface TurnWatcher {
  /** Takes bytes from the client; returns the head if they begin a request. */
  watchClient(chunk: Buffer): RequestHead | undefined
  /** Takes bytes from the server; returns whether they begin a response. An interim `100 Continue` does not count. */
  watchServer(chunk: Buffer): boolean
}

/** Creates a watcher for a new connection. */
export function createTurnWatcher (): TurnWatcher {
  let turn: 'none' | 'client' | 'server' = 'none'
  return {
    watchClient (chunk) {
      if (turn === 'client') return undefined
      turn = 'client'
      return parseRequestHead(chunk)
    },
    watchServer (chunk) {
      if (turn !== 'client' || chunk.subarray(0, 12).toString('latin1') === 'HTTP/1.1 100') return false
      turn = 'server'
      return true
    }
  }
}

/** Reads the first line and the `Range` header of a request from its first bytes. */
export function parseRequestHead (chunk: Buffer): RequestHead {
  const head = chunk.subarray(0, 16_384).toString('latin1').split('\r\n\r\n')[0] ?? ''
  const [method = '', path = ''] = head.split('\r\n')[0]?.split(' ') ?? []
  const [, first, last] = /\r\nrange: *bytes=(\d+)-(\d+)/i.exec(head) ?? []
  return { method, path, range: first === undefined ? null : [Number(first), Number(last)] }
}
