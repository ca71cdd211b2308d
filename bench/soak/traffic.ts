// The traffic of the soak: everything that callers send, honest, hurried or hostile.
import { openAsBlob } from 'node:fs'
import { connect } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import type { Trap } from '../../test/support/traps.ts'
import { flood, pipeline, stallUpload, stayIdle } from './abusive-traffic.ts'

/** Context shared by all kinds of traffic. */
export interface Traffic {
  readonly base: string
  /** An honest video, on disk and under several keys of the store. */
  readonly video: { readonly path: string, readonly keys: readonly string[], readonly seconds: number }
  readonly hostile: readonly Trap[]
  /** Returns numbers from 0 to below 1. */
  readonly random: () => number
  readonly signal: AbortSignal
  /** Records the status of a response. */
  readonly note: (kind: string, status: number) => void
}

/** Kinds of traffic, except hits, with the mean pause of each sender between two requests in milliseconds. */
export const TRAFFIC = {
  miss: 150,
  upload: 1000,
  disconnect: 700,
  hostile: 500,
  idle: 20,
  pipelined: 2000,
  flood: 5000,
  stalled: 500
} as const

/** Recorded in place of a status if there was no response. */
export const NO_RESPONSE = 0

/** Sends one kind of traffic until the signal aborts. */
export async function sendTraffic (kind: keyof typeof TRAFFIC, traffic: Traffic): Promise<void> {
  const send = SENDERS[kind]
  while (!traffic.signal.aborted) {
    const status = await send(traffic).catch((error: unknown) => {
      process.stderr.write(`${kind}: ${String((error as Error).cause ?? error)}\n`)
      return NO_RESPONSE
    })
    if (status !== undefined) traffic.note(kind, status)
    await delay(TRAFFIC[kind] * (0.5 + traffic.random()))
  }
}

const SENDERS: Readonly<Record<keyof typeof TRAFFIC, (traffic: Traffic) => Promise<number | undefined>>> = {
  miss: async (traffic) => await requestByKey(traffic, pickTimestamp(traffic)),
  upload: async (traffic) => await upload(traffic, { blob: await openAsBlob(traffic.video.path), name: 'clock.mp4' }),
  disconnect,
  hostile: async (traffic) => {
    const { bytes, name } = pick(traffic.hostile, traffic.random)
    return await upload(traffic, { blob: new Blob([new Uint8Array(bytes)]), name })
  },
  idle: stayIdle,
  pipelined: pipeline,
  flood,
  stalled: stallUpload
}

/**
 * Requests new thumbnails of good videos, `parallel` at a time, for `seconds`. Records them as `kind`.
 */
export async function sendMisses (traffic: Traffic, kind: string, parallel: number, seconds: number): Promise<void> {
  const end = Date.now() + seconds * 1000
  await Promise.all(
    Array.from({ length: parallel }, async () => {
      while (Date.now() < end) {
        const status = await requestByKey(traffic, pickTimestamp(traffic)).catch(() => NO_RESPONSE)
        traffic.note(kind, status)
        // A caller waits as Retry-After says; these are less patient.
        if (status === 503) await delay(100)
      }
    })
  )
}

/** Picks a timestamp in microseconds, which makes it a new request almost certainly. */
function pickTimestamp ({ random, video }: Traffic): string {
  return `${(random() * video.seconds * 0.99).toFixed(6)}s`
}

function pick<T> (items: readonly T[], random: () => number): T {
  return items[Math.floor(random() * items.length)] as T
}

async function requestByKey (
  { base, video, random }: Traffic,
  timestamp: string,
  signal?: AbortSignal
): Promise<number> {
  const body = JSON.stringify({ key: pick(video.keys, random), timestamp, width: 320 })
  const response = await fetch(`${base}/v1/thumbnails`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
    ...(signal === undefined ? {} : { signal })
  })
  await response.arrayBuffer()
  return response.status
}

async function upload (
  traffic: Traffic,
  { blob, name }: { readonly blob: Blob, readonly name: string }
): Promise<number> {
  const form = new FormData()
  form.append('file', blob, name)
  const response = await fetch(`${traffic.base}/v1/thumbnails?timestamp=${pickTimestamp(traffic)}&beyond=clamp`, {
    method: 'POST',
    body: form
  })
  await response.arrayBuffer()
  return response.status
}

/** Disconnects while the thumbnail is being made, or in the middle of an upload. */
async function disconnect (traffic: Traffic): Promise<undefined> {
  const afterMs = traffic.random() * 300
  if (traffic.random() < 0.5) {
    const signal = AbortSignal.timeout(Math.ceil(afterMs))
    await requestByKey(traffic, pickTimestamp(traffic), signal).catch(() => undefined)
    return
  }
  const { hostname, port } = new URL(traffic.base)
  const socket = connect(Number(port), hostname).on('error', () => {})
  socket.write(
    `POST /v1/thumbnails HTTP/1.1\r\nHost: ${hostname}:${port}\r\nContent-Type: multipart/form-data; boundary=x\r\nContent-Length: 1000000\r\n\r\n` +
      `--x\r\nContent-Disposition: form-data; name="file"; filename="a.mp4"\r\n\r\n${'v'.repeat(50_000)}`
  )
  await delay(afterMs)
  socket.resetAndDestroy()
}
