import { type BarcodeOf, WIDTH, expectedSize, judgeFrame, judgeKeyFrame, judgePicture, judgeSource } from './judge.ts'
import type { ConformingService, ThumbnailResponse } from './service.ts'
import { compare } from './similarity.ts'
import { buildTargets, type Target, frameAt, placeTarget } from './targets.ts'
import { readPixels, type Truth } from './truth.ts'

/** A video with its ground truth, as it is requested in both modes. */
export interface Video {
  readonly key: string
  readonly path: string
  readonly uploadName: string
  readonly truth: Truth
  readonly rotation: number
  readonly barcodeOf: BarcodeOf
  /** Error codes that are also right, at any timestamp, because the file is corrupt. */
  readonly rightCodes: readonly string[]
}

/** The results of one file in one mode. */
export interface Outcome {
  readonly requests: number
  /** The faults of each wrong response, after the name of the target. */
  readonly misses: readonly string[]
  /** Number of responses that were errors and right for this file. */
  readonly rightErrors: number
  /** The modes in `work`. */
  readonly modes: readonly string[]
  /** Structural similarity of a JPEG of quality 80 to the PNG; undefined if there was none. */
  readonly jpegSsim: number | undefined
}

const PNG = { format: 'png', width: String(WIDTH) }

/**
 * Requests every target of a video in one mode and judges the responses.
 *
 * @param isWanted selects targets; it has to select `middle`
 */
export async function sweepVideo (
  service: ConformingService,
  video: Video,
  isWanted: (target: Target) => boolean = () => true
): Promise<Outcome> {
  const { truth } = video
  const isSound = video.rightCodes.length === 0
  const targets = buildTargets(truth, video.key, isSound).filter(isWanted)
  // Makes all true pictures in one decode.
  await truth.pictures(
    targets.flatMap(({ frame }) => frame ?? []),
    (frame) => expectedSize(truth, frame)
  )
  const misses: string[] = []
  const modes = new Set<string>()
  let [requests, rightErrors] = [0, 0]
  const judge = async (unplaced: Target, response: ThumbnailResponse): Promise<Buffer | undefined> => {
    const { status, body } = response
    const target = placeTarget(unplaced, truth, (body['source'] as { duration: unknown } | undefined)?.duration)
    requests++
    if (status < 300) modes.add(String((body['work'] as { mode: string }).mode))
    if (status >= 300 && video.rightCodes.includes(String(body['code']))) {
      rightErrors++
      return undefined
    }
    const wrongFrame = judgeFrame(response, target, truth)
    if (wrongFrame !== undefined) {
      misses.push(`${target.name}: ${wrongFrame}`)
      return undefined
    }
    if (target.frame === undefined) return undefined
    const picture = await service.fetchPicture(response)
    const faults = [
      judgeKeyFrame(response, target.frame),
      await judgePicture(picture, target.frame, truth, video.barcodeOf)
    ].filter((fault) => fault !== undefined)
    if (faults.length > 0) misses.push(`${target.name}: ${faults.join(', ')}`)
    return picture
  }
  const request = async (target: Target) => {
    const response = await service.requestByKey(video.key, { ...PNG, ...target.query })
    return { response, picture: await judge(target, response) }
  }

  let jpegSsim: number | undefined
  let isSourceJudged = false
  for (const target of targets) {
    const { response, picture } = await request(target)
    const { status, body } = response
    if (status >= 300) continue
    if (!isSourceJudged) {
      misses.push(...judgeSource(response, truth, { rotation: video.rotation, isSound }))
      isSourceJudged = true
    }
    if (target.name === 'middle') {
      const timestamp = String(body['timestamp'])
      const frame = frameAt(truth, Math.round(Number(timestamp) * 1e6))
      await request({ name: `echo of ${target.name}`, query: { timestamp }, frame })
    }
    if (target.name === 'middle' && picture !== undefined) {
      const query = { ...target.query, width: String(WIDTH), format: 'jpeg', quality: '80' }
      const jpeg = await service.fetchPicture(await service.requestByKey(video.key, query))
      jpegSsim = compare(await readPixels(jpeg), await readPixels(picture)).ssim
    }
  }
  const middle = targets.find(({ name }) => name === 'middle')!
  await judge(
    { ...middle, name: 'upload, middle' },
    await service.requestUpload(video.path, video.uploadName, { ...PNG, ...middle.query })
  )
  modes.delete('cached')
  return { requests, misses, rightErrors, modes: [...modes].sort(), jpegSsim }
}
