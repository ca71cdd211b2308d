// Stands between the service and an S3 server, over real HTTP, and lets go wrong what goes wrong with S3.
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import type { Test } from 'tap'

/** What befalls one request. `afterBytes` counts those of the answer's body. */
export type StoreFault =
  /** S3's own error document. */
  | { readonly kind: 'error', readonly status: number, readonly code: string }
  /** The connection breaks. */
  | { readonly kind: 'reset', readonly afterBytes: number }
  /** No more comes, and the connection stays. */
  | { readonly kind: 'stall', readonly afterBytes: number }
  /** Fewer bytes than were said, and then an orderly end. */
  | { readonly kind: 'short', readonly byBytes: number }
  /** Something between the service and S3 answers 200 with a page of its own. */
  | { readonly kind: 'portal' }
  /** The request reaches S3, and its answer is lost. */
  | { readonly kind: 'lost' }

/** What is known of a request when its fate is decided. */
export interface StoreRequest {
  readonly method: string
  readonly bucket: string
  readonly key: string
  /** Counted from 1, of all. */
  readonly number: number
}

/** The proxy. */
export interface FaultProxy {
  readonly endpoint: string
  /**
   * Decides over each request that comes; may do something before. Nothing befalls those that it answers undefined
   * for.
   */
  decide: (request: StoreRequest) => StoreFault | undefined | Promise<StoreFault | undefined>
  /** What came so far, with what befell it. */
  readonly requests: Array<StoreRequest & { readonly fault: StoreFault | undefined }>
}

/** Starts a proxy in front of an S3 server; ends with the test. */
export async function startFaultProxy (t: Test, endpoint: string): Promise<FaultProxy> {
  const proxy = { endpoint: '', decide: () => undefined, requests: [] } as FaultProxy & { endpoint: string }
  const server = createServer((incoming, outgoing) => {
    serve(proxy, endpoint, incoming, outgoing).catch(() => {
      incoming.socket.destroy()
    })
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  proxy.endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return proxy
}

async function serve (
  proxy: FaultProxy,
  endpoint: string,
  incoming: IncomingMessage,
  outgoing: ServerResponse
): Promise<void> {
  const { pathname } = new URL(incoming.url ?? '/', 'http://store')
  const [, bucket = '', ...segments] = pathname.split('/')
  const known = {
    method: incoming.method ?? '',
    bucket,
    key: decodeURIComponent(segments.join('/')),
    number: proxy.requests.length + 1
  }
  const fault = await proxy.decide(known)
  proxy.requests.push({ ...known, fault })
  if (fault?.kind === 'error') return answerError(incoming, outgoing, fault)
  if (fault?.kind === 'portal') {
    outgoing.writeHead(200, { 'content-type': 'text/html' }).end('<html>Please log in</html>')
    return
  }
  // The same Host, since it is signed.
  const forwarded = request(new URL(incoming.url ?? '/', endpoint), {
    method: incoming.method,
    headers: incoming.headers,
    setHost: false
  })
  incoming.pipe(forwarded)
  const [answer] = (await once(forwarded, 'response')) as [IncomingMessage]
  if (fault?.kind === 'lost') {
    await once(answer.resume(), 'end')
    incoming.socket.destroy()
    return
  }
  const body: Buffer[] = []
  for await (const chunk of answer) body.push(chunk as Buffer)
  send(incoming, outgoing, answer, Buffer.concat(body), fault)
}

function send (
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  answer: IncomingMessage,
  body: Buffer,
  fault: StoreFault | undefined
): void {
  const { 'transfer-encoding': _chunked, ...headers } = answer.headers
  const length = incoming.method === 'HEAD' ? headers['content-length'] : String(body.length)
  outgoing.writeHead(answer.statusCode ?? 500, {
    ...headers,
    ...(length === undefined ? {} : { 'content-length': length })
  })
  if (fault === undefined) {
    outgoing.end(body)
  } else if (fault.kind === 'short') {
    outgoing.write(body.subarray(0, Math.max(0, body.length - fault.byBytes)), () => {
      incoming.socket.end()
    })
  } else if ('afterBytes' in fault) {
    outgoing.flushHeaders()
    outgoing.write(body.subarray(0, fault.afterBytes), () => {
      if (fault.kind === 'reset') incoming.socket.resetAndDestroy()
    })
  }
}

async function answerError (
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  { status, code }: { status: number, code: string }
): Promise<void> {
  await once(incoming.resume(), 'end')
  outgoing.writeHead(status, { 'content-type': 'application/xml' })
  outgoing.end(
    incoming.method === 'HEAD'
      ? undefined
      : `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>${code}</Message><RequestId>0</RequestId></Error>`
  )
}
