// Traffic that holds connections and places without sending much.
import { connect, type Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import type { Traffic } from './traffic.ts'

/** Silent connections at once, more than the service may have files open. */
const SILENT_CONNECTIONS = 1200
const PIPELINED_REQUESTS = 200
/** Uploads that pause at once; half of what one caller may send. */
const STALLED_UPLOADS = 16
/** Identical requests of a flood: more than the service has in flight. */
const FLOOD = { connections: 100, requests: 16 }
const READ_AFTER_MS = 500
const OPEN_ROUTES = ['/', '/docs', '/docs/swagger-ui-bundle.js', '/openapi.yaml', '/healthz', '/nothing']

const silent = new Set<Socket>()
const stalled = new Set<Socket>()

/** Opens one connection that sends nothing, unless there are enough; the service closes the oldest. */
export async function stayIdle (traffic: Traffic): Promise<undefined> {
  // Reads, because the end of a connection is found by reading.
  if (silent.size < SILENT_CONNECTIONS) hold(silent, open(traffic).resume())
}

/** Sends many requests at once, and begins to read the responses later. */
export async function pipeline (traffic: Traffic): Promise<undefined> {
  const path = OPEN_ROUTES[Math.floor(traffic.random() * OPEN_ROUTES.length)] ?? '/'
  await sendAndRead(traffic, 'pipelined', `GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`.repeat(PIPELINED_REQUESTS))
}

/** Sends the same request for a new thumbnail on many connections, several times on each. */
export async function flood (traffic: Traffic): Promise<undefined> {
  const at = (traffic.random() * traffic.video.seconds * 0.99).toFixed(6)
  const request = `GET /v1/thumbnails?key=${traffic.video.keys[0]}&timestamp=${at} HTTP/1.1\r\nHost: localhost\r\n\r\n`
  await Promise.all(
    Array.from({ length: FLOOD.connections }, () => sendAndRead(traffic, 'flood', request.repeat(FLOOD.requests)))
  )
}

/** Begins an upload and pauses until the service ends it. */
export async function stallUpload (traffic: Traffic): Promise<undefined> {
  if (stalled.size >= STALLED_UPLOADS) return
  const socket = open(traffic)
  hold(stalled, socket)
  let text = ''
  socket.setEncoding('latin1').on('data', (chunk: string) => {
    text += chunk
  })
  socket.once('close', () => {
    if (!traffic.signal.aborted) noteStatuses(traffic, 'stalled', text)
  })
  socket.write(
    'POST /v1/thumbnails HTTP/1.1\r\nHost: localhost\r\nContent-Type: video/mp4\r\nContent-Length: 100000000\r\n\r\n' +
      'v'.repeat(800)
  )
}

/** Closes what the traffic holds open. */
export async function releaseConnections (): Promise<void> {
  await Promise.all(
    [...silent, ...stalled].map(async (socket) => {
      socket.destroy()
      await waitForClose(socket)
    })
  )
}

async function sendAndRead (traffic: Traffic, kind: string, requests: string): Promise<void> {
  const socket = open(traffic).setEncoding('latin1').pause()
  let text = ''
  socket.on('data', (chunk: string) => {
    // Bodies are of no interest, and may be large.
    text += chunk.match(/HTTP\/1\.1 \d{3}/g)?.join('\n') ?? ''
  })
  socket.write(requests)
  await delay(READ_AFTER_MS)
  socket.resume()
  // The service closes the connection after the first request beyond its limit.
  await Promise.race([waitForClose(socket), waitForSilence(socket)])
  socket.destroy()
  noteStatuses(traffic, kind, text)
}

/** Resolves after a second without data. */
async function waitForSilence (socket: Socket): Promise<void> {
  await new Promise((resolve) => socket.setTimeout(1000).once('timeout', resolve))
}

/** Resolves when the connection is closed, by an error or not. */
async function waitForClose (socket: Socket): Promise<void> {
  if (!socket.closed) await new Promise((resolve) => socket.once('close', resolve))
}

function noteStatuses ({ note }: Traffic, kind: string, text: string): void {
  for (const [, status] of text.matchAll(/HTTP\/1\.1 (\d{3})/g)) note(kind, Number(status))
}

function open ({ base }: Traffic): Socket {
  const { hostname, port } = new URL(base)
  return connect(Number(port), hostname).on('error', () => {})
}

function hold (held: Set<Socket>, socket: Socket): void {
  held.add(socket)
  socket.once('close', () => held.delete(socket))
}
