// What the soak sends: everything that callers send, honest, hurried or hostile. Each kind goes on until it is told
// to end.
import { openAsBlob } from 'node:fs'
import { connect } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import type { Trap } from '../../test/support/traps.ts'

/** What all kinds of traffic share. */
export interface Traffic {
  readonly base: string
  /** The honest video, on disk, and its keys in the store. */
  readonly video: { readonly path: string, readonly keys: readonly string[], readonly seconds: number }
  readonly hostile: readonly Trap[]
  /** Numbers from 0 to below 1. */
  readonly random: () => number
  readonly signal: AbortSignal
  /** Takes the status of every answer. */
  readonly note: (kind: string, status: number) => void
}

/**
 * Each kind but hits, which autocannon sends, and how long a sender of it rests between two requests, in
 * milliseconds.
 */
export const TRAFFIC = { miss: 150, upload: 1000, disconnect: 700, hostile: 500 } as const

/** Stands for the status where none came. */
export const NO_ANSWER = 0

/** Sends one kind until the signal aborts. */
export async function sendTraffic (kind: keyof typeof TRAFFIC, traffic: Traffic): Promise<void> {
  const send = SENDERS[kind]
  while (!traffic.signal.aborted) {
    const status = await send(traffic).catch((error: unknown) => {
      process.stderr.write(`${kind}: ${String((error as Error).cause ?? error)}\n`)
      return NO_ANSWER
    })
    if (status !== undefined) traffic.note(kind, status)
    await delay(TRAFFIC[kind] * (0.5 + traffic.random()))
  }
}

const SENDERS: Readonly<Record<keyof typeof TRAFFIC, (traffic: Traffic) => Promise<number | undefined>>> = {
  miss: async (traffic) => await askByKey(traffic, pickMoment(traffic)),
  upload: async (traffic) => await upload(traffic, { blob: await openAsBlob(traffic.video.path), name: 'clock.mp4' }),
  disconnect: leave,
  hostile: async (traffic) => {
    const { bytes, name } = pick(traffic.hostile, traffic.random)
    return await upload(traffic, { blob: new Blob([new Uint8Array(bytes)]), name })
  }
}

/** Microseconds make it a question that nobody asked before. */
function pickMoment ({ random, video }: Traffic): string {
  return `${(random() * video.seconds * 0.99).toFixed(6)}s`
}

function pick<T> (items: readonly T[], random: () => number): T {
  return items[Math.floor(random() * items.length)] as T
}

async function askByKey ({ base, video, random }: Traffic, timestamp: string, signal?: AbortSignal): Promise<number> {
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
  const response = await fetch(`${traffic.base}/v1/thumbnails?timestamp=${pickMoment(traffic)}&beyond=clamp`, {
    method: 'POST',
    body: form
  })
  await response.arrayBuffer()
  return response.status
}

/** Goes away: from a thumbnail that is being made, or in the middle of an upload. */
async function leave (traffic: Traffic): Promise<undefined> {
  const patienceMs = traffic.random() * 300
  if (traffic.random() < 0.5) {
    await askByKey(traffic, pickMoment(traffic), AbortSignal.timeout(Math.ceil(patienceMs))).catch(() => undefined)
    return
  }
  const { hostname, port } = new URL(traffic.base)
  const socket = connect(Number(port), hostname).on('error', () => {})
  socket.write(
    `POST /v1/thumbnails HTTP/1.1\r\nHost: ${hostname}:${port}\r\nContent-Type: multipart/form-data; boundary=x\r\nContent-Length: 1000000\r\n\r\n` +
      `--x\r\nContent-Disposition: form-data; name="file"; filename="a.mp4"\r\n\r\n${'v'.repeat(50_000)}`
  )
  await delay(patienceMs)
  socket.resetAndDestroy()
}
