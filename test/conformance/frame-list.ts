import { runFfmpeg } from './run-ffmpeg.ts'
import type { Stream } from './stream-spans.ts'

/** Properties of a decoded frame, the same for most frames of a video. */
export interface FrameKind {
  readonly format: string
  readonly width: number
  readonly height: number
  /** Pixel aspect ratio; that of the container if it has one, as in players. */
  readonly aspect: readonly [number, number]
  readonly isInterlaced: boolean
  readonly range: string
  readonly space: string
  readonly primaries: string
  readonly transfer: string
}

/** One frame of the full decode. */
export interface ListedFrame {
  /** Number in presentation order. */
  readonly index: number
  /** In ticks of the track; null if the decoder gave none. */
  readonly pts: number | null
  readonly isKey: boolean
  /** Index in `kinds`. */
  readonly kind: number
}

/** All frames of a decode of the whole track. */
export interface FrameList {
  readonly timeBase: readonly [number, number]
  readonly frames: readonly ListedFrame[]
  readonly kinds: readonly FrameKind[]
}

/** Preserves the container's times; the demuxer applies edits. */
const DECODE_ALL = ['-copyts', '-noautorotate']

/** Decodes a whole track without seeking and lists all frames that it shows, in presentation order. */
export async function listFrames (path: string, stream: Pick<Stream, 'index' | 'decoder'>): Promise<FrameList> {
  const list = await decodeAll(path, stream)
  if (stream.decoder.length === 0) return list
  // Decoders with alpha flag every frame as a key frame, so the flags come from the one without.
  const plain = await decodeAll(path, { ...stream, decoder: [] })
  const keys = new Set(plain.frames.filter(({ isKey }) => isKey).map(({ pts }) => pts))
  return { ...list, frames: list.frames.map((frame) => ({ ...frame, isKey: keys.has(frame.pts) })) }
}

async function decodeAll (
  path: string,
  { index: stream, decoder }: Pick<Stream, 'index' | 'decoder'>
): Promise<FrameList> {
  let timeBase: [number, number] = [1, 1]
  const frames: ListedFrame[] = []
  const kinds = new Map<string, number>()
  let pending: (Omit<ListedFrame, 'kind'> & { info: string }) | undefined
  const flush = (colour: string) => {
    if (pending === undefined) return
    const { info, ...frame } = pending
    const text = `${info}|${colour}`
    if (!kinds.has(text)) kinds.set(text, kinds.size)
    frames.push({ ...frame, kind: kinds.get(text) ?? 0 })
    pending = undefined
  }
  await runFfmpeg(
    [
      ...DECODE_ALL, ...decoder, '-i', `file:${path}`, '-map', `0:${stream}`,
      '-autoscale', '0', '-vf', 'showinfo@truth=checksum=0', '-fps_mode', 'passthrough', '-f', 'null', '-'
    ],
    {
      onLine: (line) => {
        if (!line.includes('[showinfo@truth @')) return
        const base = /config in time_base: (\d+)\/(\d+)/.exec(line)
        if (base !== null) timeBase = [Number(base[1]), Number(base[2])]
        const frame = /\] n: *\d+ pts: *(\S+) .*?fmt:(\S+) .*?sar:(\d+\/\d+) s:(\d+x\d+) i:(\S) iskey:(\d)/.exec(line)
        if (frame !== null) {
          flush('')
          const [, pts = '', format = '', aspect = '', size = '', scan = '', key] = frame
          pending = {
            index: frames.length,
            pts: /^-?\d+$/.test(pts) ? Number(pts) : null,
            isKey: key === '1',
            info: [format, aspect, size, scan].join('|')
          }
        }
        const colour = /color_range:(\S+) color_space:(\S+) color_primaries:(\S+) color_trc:(\S+)/.exec(line)
        if (colour !== null) flush(colour.slice(1).join('|'))
      }
    }
  )
  flush('')
  return { timeBase, frames, kinds: [...kinds.keys()].map(parseKind) }
}

function parseKind (text: string): FrameKind {
  const [
    format = '',
    aspect = '',
    size = '',
    scan = '',
    range = 'unknown',
    space = 'unknown',
    primaries = 'unknown',
    transfer = 'unknown'
  ] = text.split('|')
  const [across = 0, down = 0] = aspect.split('/').map(Number)
  const [width = 0, height = 0] = size.split('x').map(Number)
  return {
    format,
    width,
    height,
    aspect: across > 0 && down > 0 ? [across, down] : [1, 1],
    isInterlaced: scan === 'T' || scan === 'B',
    range,
    space,
    primaries,
    transfer
  }
}
