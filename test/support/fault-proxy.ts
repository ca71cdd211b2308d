// An HTTP proxy between the service and an S3 server that injects the faults of a real S3.
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import type { Test } from 'tap'

/** The fault of one request. `afterBytes` counts bytes of the response body. */
export type StoreFault =
  /** An error response with the XML document of S3. */
  | { readonly kind: 'error', readonly status: number, readonly code: string }
  /** The connection is reset. */
  | { readonly kind: 'reset', readonly afterBytes: number }
  /** No further bytes are sent, and the connection stays open. */
  | { readonly kind: 'stall', readonly afterBytes: number }
  /** The body ends before its declared length, without an error. */
  | { readonly kind: 'short', readonly byBytes: number }
  /** A captive portal responds with 200 and an HTML page. */
  | { readonly kind: 'portal' }
  /** The request reaches S3, but the response is lost. */
  | { readonly kind: 'lost' }

/** A request, before its fault is decided. */
export interface StoreRequest {
  readonly method: string
  readonly bucket: string
  readonly key: string
  /** Number among all requests, starting at 1. */
  readonly number: number
}

/** A running proxy. */
export interface FaultProxy {
  readonly endpoint: string
  /**
   * Returns the fault of each request; undefined forwards it unchanged. May have side effects, which happen before the
   * request is forwarded.
   */
  decide: (request: StoreRequest) => StoreFault | undefined | Promise<StoreFault | undefined>
  /** All requests so far with their faults. */
  readonly requests: Array<StoreRequest & { readonly fault: StoreFault | undefined }>
}

/** Starts a proxy in front of an S3 server. It is closed after the test. */
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
  const incomingRequest = {
    method: incoming.method ?? '',
    bucket,
    key: decodeURIComponent(segments.join('/')),
    number: proxy.requests.length + 1
  }
  const fault = await proxy.decide(incomingRequest)
  proxy.requests.push({ ...incomingRequest, fault })
  if (fault?.kind === 'error') return sendError(incoming, outgoing, fault)
  if (fault?.kind === 'portal') {
    outgoing.writeHead(200, { 'content-type': 'text/html' }).end('<html>Please log in</html>')
    return
  }
  // Keep the Host header, since it is signed.
  const forwarded = request(new URL(incoming.url ?? '/', endpoint), {
    method: incoming.method,
    headers: incoming.headers,
    setHost: false
  })
  incoming.pipe(forwarded)
  const [response] = (await once(forwarded, 'response')) as [IncomingMessage]
  if (fault?.kind === 'lost') {
    await once(response.resume(), 'end')
    incoming.socket.destroy()
    return
  }
  const body: Buffer[] = []
  for await (const chunk of response) body.push(chunk as Buffer)
  send(incoming, outgoing, response, Buffer.concat(body), fault)
}

function send (
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  response: IncomingMessage,
  body: Buffer,
  fault: StoreFault | undefined
): void {
  const { 'transfer-encoding': _chunked, ...headers } = response.headers
  const length = incoming.method === 'HEAD' ? headers['content-length'] : String(body.length)
  outgoing.writeHead(response.statusCode ?? 500, {
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

async function sendError (
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
