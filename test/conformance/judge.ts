import { readPixelBarcode } from './barcode.ts'
import type { Pixels } from './rgb.ts'
import type { ThumbnailResponse } from './service.ts'
import { compare } from './similarity.ts'
import type { Target } from './targets.ts'
import { fitWidth, isHdr } from './truth-filters.ts'
import { readPixels, type Truth, type TrueFrame } from './truth.ts'

/** Least structural similarity of a picture to the true one. */
export const MIN_SSIM = 0.98
/** Largest difference of the mean of a channel, in levels of 255. */
export const MAX_COLOUR_DIFFERENCE = 2
/** Largest width of the requested thumbnails. */
export const WIDTH = 640
/** Durations in containers are rounded to milliseconds or more. */
const DURATION_TOLERANCE_MICROS = 1000

/** Returns the number that the picture of a frame shows; undefined if pictures show none. */
export type BarcodeOf = ((frame: TrueFrame) => number) | undefined

/** Returns the size that the thumbnail of a frame should have. */
export const expectedSize = (truth: Truth, frame: TrueFrame) => fitWidth(truth.sizeOf(frame), WIDTH)

/** Judges the frame of a response; returns undefined if it is right, or what is wrong. */
export function judgeFrame ({ status, body }: ThumbnailResponse, { frame }: Target, truth: Truth): string | undefined {
  if (frame === undefined) {
    return body['code'] === 'timestamp_out_of_range'
      ? undefined
      : `${describe(status, body)}, not timestamp_out_of_range`
  }
  if (status >= 300) return describe(status, body)
  const micros = Math.round(Number(body['timestamp']) * 1e6)
  if (Math.abs(micros - frame.micros) > 1) {
    const actual = truth.frames.find((one) => Math.abs(one.micros - micros) <= 1)
    return `wrong frame: ${actual === undefined ? 'none' : `number ${actual.index}`} at ${micros / 1e6} s, not number ${frame.index} at ${frame.micros / 1e6} s`
  }
  return undefined
}

/** Judges the `keyFrame` member of a response whose frame is right; returns undefined if it is right. */
export function judgeKeyFrame ({ body }: ThumbnailResponse, { isKey }: TrueFrame): string | undefined {
  return body['keyFrame'] === isKey ? undefined : `keyFrame is ${String(body['keyFrame'])}`
}

/** Judges the picture of a response whose frame is right; returns undefined if it is right, or what is wrong. */
export async function judgePicture (
  picture: Buffer,
  frame: TrueFrame,
  truth: Truth,
  barcodeOf: BarcodeOf
): Promise<string | undefined> {
  const actual = await readPixels(picture)
  const { width, height } = actual
  const size = expectedSize(truth, frame)
  if (Math.abs(width - size.width) > 1 || Math.abs(height - size.height) > 1) {
    return `${width} x ${height} pixels, not ${size.width} x ${size.height}`
  }
  const barcode = barcodeOf?.(frame)
  if (barcode !== undefined && readPixelBarcode(actual) !== barcode) {
    return `shows frame ${readPixelBarcode(actual)}, not ${barcode}`
  }
  const truePicture = (await truth.pictures([frame], () => ({ width, height }))).get(frame.index)
  return truePicture === undefined ? 'there is no true picture' : judgeSimilarity(actual, truePicture)
}

function judgeSimilarity (actual: Pixels, truth: Pixels): string | undefined {
  const { ssim, colourDifference } = compare(actual, truth)
  const faults = [
    ...(ssim < MIN_SSIM ? [`SSIM ${ssim.toFixed(3)}`] : []),
    ...(colourDifference > MAX_COLOUR_DIFFERENCE ? [`colour differs by ${colourDifference.toFixed(1)}`] : []),
    ...(actual.channels === truth.channels ? [] : [`${actual.channels} channels, not ${truth.channels}`])
  ]
  return faults.length === 0 ? undefined : faults.join(', ')
}

/** Judges the `source` member of a response; returns what is wrong. */
export function judgeSource (
  { body }: ThumbnailResponse,
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

function describe (status: number, body: ThumbnailResponse['body']): string {
  return status < 300 ? 'a picture' : `${status} ${String(body['code'])}`
}
