/** The head of a request, as far as the bench wants to know it. */
export interface RequestHead {
  readonly method: string
  readonly path: string
  /** First and last byte that were asked for; null without a range or with an open one. */
  readonly range: readonly [first: number, last: number] | null
}

/** Tells from the bytes of a kept-alive HTTP/1.1 connection without pipelining where each turn of the talk begins. */
export interface TurnWatcher {
  /** Bytes of the client; answers the head where they begin a request. */
  hearClient(chunk: Buffer): RequestHead | undefined
  /** Bytes of the server; answers whether they begin a response. An interim `100 Continue` is none. */
  hearServer(chunk: Buffer): boolean
}

/** A watcher at the start of a connection. */
export function createTurnWatcher (): TurnWatcher {
  let turn: 'nobody' | 'client' | 'server' = 'nobody'
  return {
    hearClient (chunk) {
      if (turn === 'client') return undefined
      turn = 'client'
      return parseRequestHead(chunk)
    },
    hearServer (chunk) {
      if (turn !== 'client' || chunk.subarray(0, 12).toString('latin1') === 'HTTP/1.1 100') return false
      turn = 'server'
      return true
    }
  }
}

/** Reads the first line and the `Range` of a request from its first bytes. */
export function parseRequestHead (chunk: Buffer): RequestHead {
  const head = chunk.subarray(0, 16_384).toString('latin1').split('\r\n\r\n')[0] ?? ''
  const [method = '', path = ''] = head.split('\r\n')[0]?.split(' ') ?? []
  const [, first, last] = /\r\nrange: *bytes=(\d+)-(\d+)/i.exec(head) ?? []
  return { method, path, range: first === undefined ? null : [Number(first), Number(last)] }
}
