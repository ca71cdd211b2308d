import { runFfmpeg } from './run-ffmpeg.ts'

/** A video or audio stream. */
export interface Stream {
  readonly index: number
  readonly kind: 'video' | 'audio'
  readonly isCover: boolean
  readonly isDefault: boolean
  readonly pixels: number
  /** Degrees anticlockwise of the display matrix that ffmpeg prints, the only source outside MP4 and MOV. */
  readonly printedTurn: number
  /** Arguments that name a decoder, for VP8 and VP9 with alpha, which ffmpeg's default decoder ignores. */
  readonly decoder: readonly string[]
}

/** The first start and the last end in a stream, in seconds of the container's clock. */
export interface Span {
  readonly start: number
  readonly end: number
}

/** Lists the video and audio streams that ffmpeg prints, and the name of the container. */
export async function listStreams (path: string): Promise<{ container: string, streams: Stream[] }> {
  const { stderr } = await runFfmpeg(['-i', `file:${path}`])
  const streams: Stream[] = []
  let codec = ''
  for (const line of stderr.split('\n')) {
    const [, index, kind, rest = ''] = /^ {2}Stream #0:(\d+)\S*: (Video|Audio): (.*)/.exec(line) ?? []
    if (index !== undefined) {
      const [, width = 0, height = 0] = /, (\d+)x(\d+)/.exec(rest)?.map(Number) ?? []
      streams.push({
        index: Number(index),
        kind: kind === 'Video' ? 'video' : 'audio',
        isCover: rest.includes('(attached pic)'),
        isDefault: rest.includes('(default)'),
        pixels: width * height,
        printedTurn: 0,
        decoder: []
      })
    }
    const turn = /displaymatrix: rotation of (-?[\d.]+) degrees/.exec(line)?.[1]
    const last = streams.pop()
    if (last === undefined) continue
    if (/^ +Stream #0:\d+\S*: Video: vp[89]\b/.test(line)) codec = / (vp[89])\b/.exec(line)?.[1] ?? ''
    const isTransparent = /^ +alpha_mode +: 1$/i.test(line) && codec !== ''
    streams.push({
      ...last,
      ...(turn === undefined ? {} : { printedTurn: Number(turn) }),
      ...(isTransparent ? { decoder: ['-c:v', codec === 'vp8' ? 'libvpx' : 'libvpx-vp9'] } : {})
    })
  }
  return { container: /^Input #0, (\S+), from/m.exec(stderr)?.[1] ?? '', streams }
}

const DISCARDED = 4

/** Measures the span of a stream from its presented packets; undefined if there are none. */
export async function measureSpan (path: string, stream: number): Promise<Span | undefined> {
  const { out } = await runFfmpeg([
    '-v', 'error', '-copyts', '-i', `file:${path}`, '-map', `0:${stream}`,
    '-c', 'copy', '-copyinkf', '-copypriorss', '1', '-f', 'framecrc', '-'
  ])
  let seconds = 0
  const shown: Array<{ pts: number, ticks: number }> = []
  for (const line of out.toString('latin1').split('\n')) {
    const base = /^#tb 0: (\d+)\/(\d+)/.exec(line)
    if (base !== null) seconds = Number(base[1]) / Number(base[2])
    const [, pts, ticks] = /^0, *-?\d+, *(-?\d+), *(\d+),/.exec(line) ?? []
    if (pts === undefined || Math.abs(Number(pts)) > Number.MAX_SAFE_INTEGER) continue
    const flags = Number(/F=(0x\w+)/.exec(line)?.[1] ?? 0)
    if ((flags & DISCARDED) === 0) shown.push({ pts: Number(pts), ticks: Number(ticks) })
  }
  if (shown.length === 0) return undefined
  let [start, end] = [Infinity, -Infinity]
  for (const { pts, ticks } of shown) {
    start = Math.min(start, pts)
    end = Math.max(end, pts + ticks)
  }
  return { start: start * seconds, end: end * seconds }
}
