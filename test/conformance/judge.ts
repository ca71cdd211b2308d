import { readCode } from './barcode.ts'
import type { Pixels } from './rgb.ts'
import type { Answer } from './service.ts'
import { compare } from './similarity.ts'
import type { Target } from './targets.ts'
import { fitWidth, isHdr } from './truth-filters.ts'
import { readPixels, type Truth, type TrueFrame } from './truth.ts'

/** What is asked of a picture. */
export const LEAST_SSIM = 0.98
/** In levels of 255, the mean of a channel. */
export const MOST_COLOUR_OFF = 2
/** Widest picture that is asked for. */
export const WIDTH = 640
/** Durations in containers are rounded to ticks of a millisecond and coarser. */
const DURATION_TOLERANCE_MICROS = 1000

/** Which number the picture of a frame shows; undefined: none. */
export type CodeOf = ((frame: TrueFrame) => number) | undefined

/** The size that the picture of a frame should have. */
export const expectedSize = (truth: Truth, frame: TrueFrame) => fitWidth(truth.sizeOf(frame), WIDTH)

/** What is wrong with an answer's frame: nothing, or one sentence. */
export function judgeFrame ({ status, body }: Answer, { frame }: Target, truth: Truth): string | undefined {
  if (frame === undefined) {
    return body['code'] === 'timestamp_out_of_range'
      ? undefined
      : `${name(status, body)} and not timestamp_out_of_range`
  }
  if (status >= 300) return name(status, body)
  const micros = Math.round(Number(body['timestamp']) * 1e6)
  if (Math.abs(micros - frame.micros) > 1) {
    const came = truth.frames.find((one) => Math.abs(one.micros - micros) <= 1)
    return `wrong frame: ${came === undefined ? 'none' : `number ${came.index}`} at ${micros / 1e6} s, not number ${frame.index} at ${frame.micros / 1e6} s`
  }
  return undefined
}

/** What is wrong with what an answer says of its frame, which is the right one. */
export function judgeFlag ({ body }: Answer, { isKey }: TrueFrame): string | undefined {
  return body['keyFrame'] === isKey ? undefined : `keyFrame is ${String(body['keyFrame'])}`
}

/** What is wrong with the picture of an answer whose frame is right. */
export async function judgePicture (
  picture: Buffer,
  frame: TrueFrame,
  truth: Truth,
  codeOf: CodeOf
): Promise<string | undefined> {
  const seen = await readPixels(picture)
  const size = expectedSize(truth, frame)
  if (Math.abs(seen.width - size.width) > 1 || Math.abs(seen.height - size.height) > 1) {
    return `${seen.width} x ${seen.height} pixels, not ${size.width} x ${size.height}`
  }
  const code = codeOf?.(frame)
  if (code !== undefined && readCode(seen) !== code) return `shows frame ${readCode(seen)}, not ${code}`
  const sizes = { width: seen.width, height: seen.height }
  const truePicture = (await truth.pictures([frame], () => sizes)).get(frame.index)
  return truePicture === undefined ? 'there is no true picture' : judgeLikeness(seen, truePicture)
}

function judgeLikeness (seen: Pixels, truth: Pixels): string | undefined {
  const { ssim, colourOff } = compare(seen, truth)
  const faults = [
    ...(ssim < LEAST_SSIM ? [`SSIM ${ssim.toFixed(3)}`] : []),
    ...(colourOff > MOST_COLOUR_OFF ? [`colour off by ${colourOff.toFixed(1)}`] : []),
    ...(seen.channels === truth.channels ? [] : [`${seen.channels} channels, not ${truth.channels}`])
  ]
  return faults.length === 0 ? undefined : faults.join(', ')
}

/** What an answer says wrong of the source. */
export function judgeSource (
  { body }: Answer,
  truth: Truth,
  { rotation, isSound }: { rotation: number, isSound: boolean }
): string[] {
  const source = body['source'] as Record<string, unknown>
  const first = truth.frames[0]!
  const { width, height } = truth.sizeOf(first)
  const faults: string[] = []
  const isClose = Math.abs(Number(source['width']) - width) <= 1 && Math.abs(Number(source['height']) - height) <= 1
  if (!isClose) {
    faults.push(`source is ${String(source['width'])} x ${String(source['height'])}, not ${width} x ${height}`)
  }
  if (source['rotation'] !== rotation) faults.push(`rotation is ${String(source['rotation'])}, not ${rotation}`)
  if (source['hdr'] !== isHdr(first.kind)) faults.push(`hdr is ${String(source['hdr'])}`)
  const duration = source['duration'] === null ? null : Number(source['duration'])
  if (isSound && duration !== null && Math.abs(duration * 1e6 - truth.durationMicros) > DURATION_TOLERANCE_MICROS) {
    faults.push(`duration is ${duration}, not ${truth.durationMicros / 1e6}`)
  }
  return faults
}

function name (status: number, body: Answer['body']): string {
  return status < 300 ? 'a picture' : `${status} ${String(body['code'])}`
}
